package net.mailagent.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIdentityTest {
  @TempDir Path directory;

  @Test
  void makesACertificateOnceAndKeepsIt() throws Exception {
    Path data = directory.resolve("data");
    TlsIdentity made = TlsIdentity.selfSigned(data);
    TlsIdentity read = TlsIdentity.selfSigned(data);
    assertThat(read.certificate()).isEqualTo(made.certificate());
    made.certificate().verify(made.certificate().getPublicKey());
    made.certificate().checkValidity();
    assertThat(
            made.certificate().getSubjectAlternativeNames().stream()
                .map(name -> String.valueOf(name.get(1)))
                .collect(Collectors.toSet()))
        .contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("tls-key.pem"))))
        .isEqualTo("rw-------");
  }

  @Test
  void readsRsaAsOthersWriteIt() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    Path key = directory.resolve("rsa.pem");
    Files.createFile(key);
    var pair = generator.generateKeyPair();
    Pem.write(key, pair.getPrivate(), Set.of(java.nio.file.StandardOpenOption.WRITE)); // PKCS#1
    assertThat(Files.readString(key)).contains("BEGIN RSA PRIVATE KEY");
    assertThat(Pem.privateKey(key)).isEqualTo(pair.getPrivate());
    Pem.write(
        key,
        new JcaPKCS8Generator(pair.getPrivate(), null),
        Set.of(
            java.nio.file.StandardOpenOption.TRUNCATE_EXISTING,
            java.nio.file.StandardOpenOption.WRITE));
    assertThat(Files.readString(key)).contains("BEGIN PRIVATE KEY");
    assertThat(Pem.privateKey(key)).isEqualTo(pair.getPrivate());
  }

  @Test
  void saysWhichFileIsOfNoUse() throws Exception {
    TlsIdentity.selfSigned(directory.resolve("a"));
    TlsIdentity.selfSigned(directory.resolve("b"));
    Path certificate = directory.resolve("a/tls-certificate.pem");
    Path foreignKey = directory.resolve("b/tls-key.pem");
    assertThatThrownBy(() -> TlsIdentity.fromPem(certificate, foreignKey))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining(foreignKey.toString());
    assertThatThrownBy(() -> TlsIdentity.fromPem(directory.resolve("none"), foreignKey))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("cannot read a certificate from");
    assertThatThrownBy(() -> TlsIdentity.fromPem(certificate, certificate))
        .isInstanceOf(TlsException.class)
        .hasMessageContaining("cannot read a private key from");
  }
}

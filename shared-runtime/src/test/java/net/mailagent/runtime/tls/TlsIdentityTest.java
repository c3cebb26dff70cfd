package net.mailagent.runtime.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIdentityTest {
  @TempDir Path directory;

  @Test
  void makesACertificateOnceAndKeepsIt() throws Exception {
    Path data = directory.resolve("data");
    TlsIdentity made = TlsIdentity.selfSigned(data, "mail.example.org", "10.0.0.1", "b\u00e4d");
    TlsIdentity read = TlsIdentity.selfSigned(data);
    assertThat(read.certificate()).isEqualTo(made.certificate());
    made.certificate().verify(made.certificate().getPublicKey());
    made.certificate().checkValidity();
    assertThat(
            made.certificate().getSubjectAlternativeNames().stream()
                .map(name -> String.valueOf(name.get(1)))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "mail.example.org");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("tls-key.pem"))))
        .isEqualTo("rw-------");
  }

  @Test
  void readsKeysAsOthersWriteThem() throws Exception {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(new ECGenParameterSpec("secp384r1"));
    for (PrivateKey key :
        List.of(rsa.generateKeyPair().getPrivate(), ec.generateKeyPair().getPrivate())) {
      Path file = directory.resolve("key.pem");
      Pem.write(file, "PRIVATE KEY", key.getEncoded());
      assertThat(Pem.privateKey(file)).isEqualTo(key);
    }
    PrivateKey key = rsa.generateKeyPair().getPrivate();
    Path file = directory.resolve("pkcs1.pem");
    byte[] pkcs1 =
        PrivateKeyInfo.getInstance(key.getEncoded())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    Pem.write(file, "RSA PRIVATE KEY", pkcs1);
    assertThat(Pem.privateKey(file)).isEqualTo(key);
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

package net.mailagent.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import net.mailagent.model.EmailAddress;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.SpecialUse;
import org.jspecify.annotations.Nullable;

/**
 * What a user may be made of. Reads the body of POST /user/create and reports all wrong fields at
 * once. Pure; any thread.
 *
 * @param domain of users whose name has none
 * @param defaultQuota in octets; 0 means no limit
 * @param maxAddresses how many further addresses may be given
 */
record NewUserRules(String domain, long defaultQuota, int maxAddresses) {
  private static final int MAX_USERNAME = 128;
  private static final int MAX_LOCAL_PART = 64; // RFC 5321 section 4.5.3.1.1, for our own ones
  private static final int MAX_PASSWORD = 256;
  private static final int MAX_NAME = 256;
  private static final long MAX_QUOTA = 1L << 50;
  private static final Pattern USERNAME =
      Pattern.compile("[\\p{L}\\p{N}](?:[\\p{L}\\p{M}\\p{N}_-]|\\.(?!\\.))*(?<!\\.)");
  private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{24}");
  private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,8}");

  /** The mailboxes every user gets beside INBOX; a request may name them otherwise. */
  private static final Map<SpecialUse, String> MAILBOXES =
      new EnumMap<>(
          Map.of(
              SpecialUse.DRAFTS, "Drafts",
              SpecialUse.SENT, "Sent",
              SpecialUse.JUNK, "Junk",
              SpecialUse.TRASH, "Trash",
              SpecialUse.ARCHIVE, "Archive"));

  /**
   * A user that keeps the rules.
   *
   * @param address main address in canonical form
   * @param moreAddresses in canonical form, no two alike
   * @param password in plain; never log it
   */
  record NewUser(
      String username,
      String address,
      List<String> moreAddresses,
      String password,
      String name,
      String language,
      long quota,
      Map<SpecialUse, MailboxPath> mailboxes) {
    @Override
    public String toString() {
      return "NewUser[username=" + username + "]";
    }
  }

  /**
   * Reads a body.
   *
   * @throws ApiError InputValidationError naming every wrong field
   */
  NewUser read(ObjectNode body) {
    Map<String, String> problems = new LinkedHashMap<>();
    String username = username(body, problems);
    String password = password(body, problems);
    Set<String> addresses = addresses(body, username, problems);
    String name = text(body, "name", MAX_NAME, problems);
    String language = text(body, "language", MAX_NAME, problems);
    if (!language.isEmpty() && !LANGUAGE.matcher(language).matches()) {
      problems.putIfAbsent("language", "must be a language tag such as en or pt-BR");
    }
    long quota = quota(body, problems);
    Map<SpecialUse, MailboxPath> mailboxes = mailboxes(body, problems);
    if (!problems.isEmpty()) {
      throw ApiError.invalid(problems);
    }
    List<String> all = new ArrayList<>(addresses);
    return new NewUser(
        username,
        all.getFirst(),
        all.subList(1, all.size()),
        password,
        name,
        language,
        quota,
        mailboxes);
  }

  private static String username(ObjectNode body, Map<String, String> problems) {
    String given = text(body, "username", MAX_USERNAME, problems);
    String username = Normalizer.normalize(given, Normalizer.Form.NFC);
    if (problems.containsKey("username")) {
      return username;
    }
    if (username.isEmpty()) {
      problems.put("username", "is required");
    } else if (username.indexOf('@') >= 0) {
      String problem = addressProblem(username);
      if (problem != null) {
        problems.put("username", "with an @ must be an address: " + problem);
      }
    } else if (!USERNAME.matcher(username).matches()) {
      problems.put(
          "username",
          "may hold letters, digits, and - _ . within; no two dots in a row, none at the end");
    } else if (octets(username) > MAX_LOCAL_PART) {
      problems.put("username", "may have at most " + MAX_LOCAL_PART + " octets before an @");
    } else if (ID.matcher(username).matches() || username.equalsIgnoreCase("me")) {
      problems.put("username", "cannot look like an id of this API");
    }
    return username;
  }

  private static String password(ObjectNode body, Map<String, String> problems) {
    String password = text(body, "password", MAX_PASSWORD, problems);
    if (password.isEmpty()) {
      problems.putIfAbsent("password", "is required");
    }
    return password;
  }

  /** The main address first; an address that is given twice counts once. */
  private Set<String> addresses(ObjectNode body, String username, Map<String, String> problems) {
    List<String> given = new ArrayList<>();
    String main = text(body, "address", MAX_NAME + EmailAddress.MAX_DOMAIN, problems);
    if (!main.isEmpty()) {
      given.add(canonical(main, "address", problems));
    }
    if (!problems.containsKey("username")) {
      // a user name with an @ is its own address, beside another main address too
      if (username.indexOf('@') >= 0) {
        given.add(EmailAddress.parse(username).canonical());
      } else if (main.isEmpty()) {
        given.add(new EmailAddress(username, domain).canonical());
      }
    }
    int own = given.size();
    for (String field : new String[] {"addresses", "aliases"}) {
      for (String address : list(body, field, problems)) {
        given.add(canonical(address, field, problems));
        if (given.size() - own > maxAddresses) {
          problems.putIfAbsent(field, "may be at most " + maxAddresses + " together");
          break;
        }
      }
    }
    return new java.util.LinkedHashSet<>(given);
  }

  private static String canonical(String address, String field, Map<String, String> problems) {
    String problem = addressProblem(address);
    if (problem != null) {
      problems.putIfAbsent(field, "must be an address: " + problem);
      return address;
    }
    return EmailAddress.parse(address).canonical();
  }

  private static @Nullable String addressProblem(String text) {
    try {
      EmailAddress address = EmailAddress.parse(text);
      if (octets(address.localPart()) > MAX_LOCAL_PART) {
        return "at most " + MAX_LOCAL_PART + " octets may stand before the @";
      }
      if (address.localPart().indexOf('+') >= 0) {
        return "it cannot hold a +, behind which senders put what they like";
      }
      return address.domain().startsWith("[") ? "its domain must be a name" : null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private long quota(ObjectNode body, Map<String, String> problems) {
    JsonNode node = body.path("quota");
    if (node.isMissingNode() || node.isNull()) {
      return defaultQuota;
    }
    if (!node.isIntegralNumber()
        || !node.canConvertToLong()
        || node.longValue() < 0
        || node.longValue() > MAX_QUOTA) {
      problems.put("quota", "must be a number of octets from 0 (no limit) to " + MAX_QUOTA);
      return 0;
    }
    return node.longValue();
  }

  private static Map<SpecialUse, MailboxPath> mailboxes(
      ObjectNode body, Map<String, String> problems) {
    Map<SpecialUse, MailboxPath> paths = new EnumMap<>(SpecialUse.class);
    MAILBOXES.forEach((use, name) -> paths.put(use, new MailboxPath(name)));
    JsonNode node = body.path("mailboxes");
    if (node.isMissingNode() || node.isNull()) {
      return paths;
    }
    if (!(node instanceof ObjectNode names)) {
      problems.put("mailboxes", "must be an object such as {\"sent\": \"Gesendet\"}");
      return paths;
    }
    for (Map.Entry<String, JsonNode> entry : names.properties()) {
      String field = "mailboxes." + entry.getKey();
      SpecialUse use =
          MAILBOXES.keySet().stream()
              .filter(u -> u.name().equalsIgnoreCase(entry.getKey()))
              .findFirst()
              .orElse(null);
      if (use == null) {
        problems.put(field, "is none of drafts, sent, junk, trash, archive");
      } else if (!entry.getValue().isTextual()) {
        problems.put(field, "must be text");
      } else {
        MailboxPath path =
            new MailboxPath(
                Normalizer.normalize(entry.getValue().textValue(), Normalizer.Form.NFC));
        path.problem().ifPresent(problem -> problems.put(field, "is no name: " + problem));
        paths.put(use, path);
      }
    }
    Set<String> seen = new HashSet<>(Set.of("inbox"));
    for (MailboxPath path : paths.values()) {
      if (!seen.add(path.value().toLowerCase(Locale.ROOT))) {
        problems.putIfAbsent("mailboxes", "has two mailboxes named " + path);
      }
    }
    return paths;
  }

  private static List<String> list(ObjectNode body, String field, Map<String, String> problems) {
    JsonNode node = body.path(field);
    List<String> items = new ArrayList<>();
    if (node.isMissingNode() || node.isNull()) {
      return items;
    }
    if (!node.isArray()) {
      problems.put(field, "must be a list of addresses");
      return items;
    }
    for (JsonNode item : node) {
      if (!item.isTextual()) {
        problems.put(field, "must be a list of addresses");
        return items;
      }
      items.add(item.textValue());
    }
    return items;
  }

  /** A text field, "" when it is missing. */
  private static String text(ObjectNode body, String field, int max, Map<String, String> problems) {
    JsonNode node = body.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return "";
    }
    if (!node.isTextual()) {
      problems.put(field, "must be text");
      return "";
    }
    String text = node.textValue();
    if (text.length() > max) {
      problems.put(field, "may have at most " + max + " characters");
      return "";
    }
    boolean bad =
        text.codePoints()
            .anyMatch(c ->
                Character.getType(c) == Character.CONTROL
                    || Character.getType(c) == Character.SURROGATE);
    if (bad) {
      problems.put(field, "cannot hold control characters");
      return "";
    }
    return text;
  }

  private static int octets(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
  }
}

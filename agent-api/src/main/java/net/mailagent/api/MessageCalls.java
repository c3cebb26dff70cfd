package net.mailagent.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import net.mailagent.model.Attachment;
import net.mailagent.model.ByteSource;
import net.mailagent.model.MailboxId;
import net.mailagent.model.MailboxPath;
import net.mailagent.model.Origin;
import net.mailagent.model.Refusal;
import net.mailagent.model.Refused;
import net.mailagent.model.Section;
import net.mailagent.model.SpecialUse;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.MailboxState;
import net.mailagent.model.journal.Placement;
import net.mailagent.model.journal.UserState;
import net.mailagent.model.port.Mailboxes;
import net.mailagent.model.port.Messages;
import net.mailagent.model.port.StoredMessage;

/** The calls that bring messages in and hand them and their attachments out. Virtual threads. */
final class MessageCalls {
  private static final Pattern MAILBOX_ID = Pattern.compile("[0-9a-fA-F]{24}");
  private static final Pattern UID = Pattern.compile("[1-9][0-9]{0,9}");

  /** Fields of a JSON body whose meaning would be lost with a message that is given raw. */
  private static final List<String> COMPOSING =
      List.of("metaData", "files", "reference", "replacePrevious");

  private final Json json;
  private final long limit;
  private final UserCalls users;
  private final Mailboxes mailboxes;
  private final Messages messages;

  /**
   * @param limit of a message in octets
   */
  MessageCalls(Json json, long limit, UserCalls users, Mailboxes mailboxes, Messages messages) {
    this.json = json;
    this.limit = limit;
    this.users = users;
    this.mailboxes = mailboxes;
    this.messages = messages;
  }

  // ---- in

  /**
   * POST .../messages with a message as its body: streamed into the store as it arrives. What can
   * be refused is refused before the body is asked for.
   */
  Answer upload(Call call, Upload body) {
    if (call.header("Content-Length").filter(this::isTooBig).isPresent()) {
      throw new Refused(new Refusal.TooBig(limit));
    }
    Map<String, String> problems = new LinkedHashMap<>();
    PlacingOptions options = PlacingOptions.read(call::parameter, problems);
    requireNone(problems);
    Target target = target(call);
    try (Messages.Intake intake = messages.receive(limit)) {
      ByteBuffer octets = body.next();
      if (octets == null) {
        throw ApiError.invalid("body", "is empty: it shall be the message");
      }
      for (; octets != null; octets = body.next()) {
        intake.write(octets);
      }
      return place(target, intake.finish(), options);
    }
  }

  private boolean isTooBig(String contentLength) {
    String digits = contentLength.strip();
    return digits.matches("[0-9]+") && (digits.length() > 18 || Long.parseLong(digits) > limit);
  }

  /** POST .../messages with JSON that holds the message. */
  Answer add(Call call) {
    ObjectNode body = json.read(call.body());
    Map<String, String> problems = new LinkedHashMap<>();
    PlacingOptions options =
        PlacingOptions.read(name -> text(body.path(name)).or(() -> call.parameter(name)), problems);
    String raw = body.path("raw").isTextual() ? body.path("raw").textValue() : "";
    if (raw.isEmpty()) {
      problems.put(
          "raw",
          "is the message as text or in base64; composing one from its fields is not offered");
    }
    for (String field : COMPOSING) {
      if (body.hasNonNull(field)) {
        problems.put(field, "is not offered");
      }
    }
    requireNone(problems);
    Target target = target(call);
    try (Messages.Intake intake = messages.receive(limit)) {
      intake.write(octets(raw));
      return place(target, intake.finish(), options);
    }
  }

  private static Optional<String> text(JsonNode value) {
    return value.isValueNode() && !value.isNull() ? Optional.of(value.asText()) : Optional.empty();
  }

  /** The message: from base64, wrapped or not and padded or not, else the text itself. */
  private static ByteBuffer octets(String raw) {
    byte[] octets = raw.getBytes(StandardCharsets.UTF_8);
    if (!isBase64(octets)) {
      return ByteBuffer.wrap(octets);
    }
    int count = 0;
    for (byte octet : octets) {
      if (octet > ' ') {
        octets[count++] = octet;
      }
    }
    try {
      return Base64.getDecoder().decode(ByteBuffer.wrap(octets, 0, count));
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid("raw", "looks like base64, but cannot be decoded");
    }
  }

  /** No message with a header looks like this: it has a colon. */
  private static boolean isBase64(byte[] octets) {
    boolean any = false;
    boolean blank = false; // since the last line break
    for (byte octet : octets) {
      switch (octet) {
        case ' ', '\t' -> blank = true;
        case '\r', '\n' -> blank = false;
        default -> {
          boolean digit =
              (octet >= 'A' && octet <= 'Z')
                  || (octet >= 'a' && octet <= 'z')
                  || (octet >= '0' && octet <= '9')
                  || octet == '+'
                  || octet == '/'
                  || octet == '=';
          if (blank || !digit) {
            return false;
          }
          any = true;
        }
      }
    }
    return any;
  }

  private static void requireNone(Map<String, String> problems) {
    if (!problems.isEmpty()) {
      throw ApiError.invalid(problems);
    }
  }

  /** Where a message goes. */
  private record Target(UserId user, MailboxId mailbox) {}

  private Target target(Call call) {
    UserId user = users.resolve(call.variable("user"));
    String name = call.variable("mailbox");
    MailboxState mailbox =
        named(mailboxes.current(user), name).orElseThrow(() -> noSuchMailbox(name));
    return new Target(user, mailbox.id());
  }

  private Answer place(Target target, Messages.Received received, PlacingOptions options) {
    Messages.Appended appended =
        new Messages.Appended(received, options.flags(), options.internalDate());
    Messages.Placed placed =
        messages.append(
            target.user(), target.mailbox(), List.of(appended), new Origin("api", "", "upload"));
    ObjectNode answer = Answer.success();
    answer
        .putObject("message")
        .put("id", placed.uids().max())
        .put("mailbox", target.mailbox().hex())
        .put("size", received.size());
    return Answer.json(200, answer);
  }

  // ---- out

  /** GET .../message.eml: the message, byte for byte. */
  Download source(Call call) {
    StoredMessage message = message(call);
    return new Download(
        "message/rfc822",
        SafeContent.headers("message-" + call.variable("message") + ".eml"),
        message.id().hex(),
        message.size(),
        (offset, length) -> open(message, Section.WHOLE, offset, length));
  }

  /** GET .../attachments/{attachment}: its content, decoded. */
  Download attachment(Call call) {
    StoredMessage message = message(call);
    String id = call.variable("attachment");
    List<Attachment> attachments = message.attachments();
    OptionalInt index = AttachmentId.index(id);
    if (index.isEmpty() || index.getAsInt() >= attachments.size()) {
      throw new ApiError(404, "FileNotFound", "no such attachment: " + id);
    }
    Attachment attachment = attachments.get(index.getAsInt());
    long length;
    try (ByteSource all = open(message, attachment.decoded(), 0, Long.MAX_VALUE)) {
      length = all.length();
    }
    return new Download(
        SafeContent.mediaType(attachment.mediaType()),
        SafeContent.headers(attachment.fileName()),
        message.id().hex() + "-" + id,
        length,
        (offset, octets) -> open(message, attachment.decoded(), offset, octets));
  }

  private static ByteSource open(StoredMessage message, Section section, long offset, long length) {
    return message
        .open(section, offset, length)
        .orElseThrow(() -> new IllegalStateException("message " + message.id() + " lacks a part"));
  }

  /** The message that a path names, read from the placements of its mailbox alone. */
  private StoredMessage message(Call call) {
    UserId user = users.resolve(call.variable("user"));
    String name = call.variable("mailbox");
    String uid = call.variable("message");
    MailboxId id =
        MAILBOX_ID.matcher(name).matches()
            ? new MailboxId(name.toLowerCase(Locale.ROOT))
            : named(mailboxes.current(user), name).orElseThrow(() -> noSuchMailbox(name)).id();
    MailboxState mailbox =
        mailboxes.current(user, Set.of(id)).mailbox(id).orElseThrow(() -> noSuchMailbox(name));
    Placement row =
        UID.matcher(uid).matches() && Long.parseLong(uid) <= Integer.MAX_VALUE
            ? mailbox.messages().byUid(Integer.parseInt(uid))
            : null;
    if (row == null) {
      throw new ApiError(404, "MessageNotFound", "no such message: " + uid);
    }
    List<StoredMessage> found = new ArrayList<>(1);
    messages.read(user, List.of(row.content()), List.of(Messages.Field.CONTENT), found::add);
    if (found.isEmpty()) {
      throw ApiError.unavailable("the message could not be read, try again");
    }
    return found.getFirst();
  }

  /** A mailbox by its id, as inbox, or by its special use, such as sent, drafts or junk. */
  private static Optional<MailboxState> named(UserState state, String name) {
    if (MAILBOX_ID.matcher(name).matches()) {
      return state.mailbox(new MailboxId(name.toLowerCase(Locale.ROOT)));
    }
    return name.equalsIgnoreCase("inbox")
        ? state.mailbox(MailboxPath.INBOX)
        : SpecialUse.of("\\" + name).flatMap(state::mailbox);
  }

  private static ApiError noSuchMailbox(String name) {
    return ApiError.of(new Refusal.NoSuchMailbox(name));
  }
}

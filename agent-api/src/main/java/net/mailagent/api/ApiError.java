package net.mailagent.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import net.mailagent.model.Refusal;

/** An answer that is not success: {@code {"error", "code", "details"?}} with its status. */
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;

  @SuppressWarnings("serial") // never serialized
  private final Map<String, String> details;

  /**
   * @param status of HTTP
   * @param code for programs, such as {@code InputValidationError}
   * @param error one sentence for a person
   * @param details what is wrong by field; may be empty
   */
  ApiError(int status, String code, String error, Map<String, String> details) {
    super(error, null, false, false); // an answer, not a fault: no stack trace
    this.status = status;
    this.code = code;
    this.details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  ApiError(int status, String code, String error) {
    this(status, code, error, Map.of());
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  String error() {
    return String.valueOf(getMessage());
  }

  Map<String, String> details() {
    return details;
  }

  /** Input that breaks the rules; all wrong fields at once. */
  static ApiError invalid(Map<String, String> details) {
    StringBuilder text = new StringBuilder("the input is not valid");
    details.forEach((field, problem) -> {
      text.append(text.length() < 100 ? ": " : "; ").append(field).append(' ').append(problem);
    });
    return new ApiError(400, "InputValidationError", text.toString(), details);
  }

  static ApiError invalid(String field, String problem) {
    return invalid(Map.of(field, problem));
  }

  static ApiError userNotFound(String user) {
    return new ApiError(404, "UserNotFound", "no such user: " + user);
  }

  static ApiError unavailable(String error) {
    return new ApiError(503, "ServiceUnavailable", error);
  }

  static ApiError rateLimited(String error) {
    return new ApiError(429, "RateLimitedError", error);
  }

  /** A refusal of the store in the words of this API. */
  static ApiError of(Refusal refusal) {
    String text = refusal.text();
    return switch (refusal) {
      case Refusal.UserExists r ->
          new ApiError(400, "UserExistsError", text, Map.of("username", "is taken"));
      case Refusal.AddressExists r ->
          new ApiError(
              400, "AddressExistsError", text, Map.of("address", r.address() + " is taken"));
      case Refusal.NoSuchUser r -> new ApiError(404, "UserNotFound", text);
      case Refusal.NoSuchMailbox r -> new ApiError(404, "NoSuchMailbox", text);
      case Refusal.MailboxExists r -> new ApiError(400, "MailboxExistsError", text);
      case Refusal.MessageGone r -> new ApiError(404, "MessageNotFound", text);
      case Refusal.UnknownEncoding r -> new ApiError(422, "UnknownEncoding", text);
      case Refusal.OverQuota r -> new ApiError(400, "OverQuotaError", text);
      case Refusal.TooBig r -> new ApiError(413, "MessageTooLarge", text);
      case Refusal.LimitReached r -> new ApiError(400, "LimitReached", text);
      case Refusal.Cannot r -> new ApiError(400, "DisallowedMailboxMethod", text);
    };
  }
}

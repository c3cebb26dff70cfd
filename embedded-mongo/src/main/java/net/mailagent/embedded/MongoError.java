package net.mailagent.embedded;

import org.jspecify.annotations.Nullable;

/** A refusal that goes to the client with MongoDB's code; it is no fault and is not logged. */
final class MongoError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String codeName;
  private final transient @Nullable Doc details;

  MongoError(ErrorKind kind, String message) {
    this(kind.code(), kind.codeName(), message, null);
  }

  MongoError(ErrorKind kind, String message, Doc details) {
    this(kind.code(), kind.codeName(), message, details);
  }

  MongoError(int code, String codeName, String message, @Nullable Doc details) {
    super(message, null, false, false);
    this.code = code;
    this.codeName = codeName;
    this.details = details;
  }

  int code() {
    return code;
  }

  String codeName() {
    return codeName;
  }

  String text() {
    String message = getMessage();
    return message == null ? codeName : message;
  }

  /** Writes code, codeName, errmsg and what else MongoDB tells (keyPattern, keyValue). */
  void writeTo(DocWriter out) {
    out.put("errmsg", text()).put("code", code).put("codeName", codeName);
    if (details != null) {
      out.copyFields(details);
    }
  }
}

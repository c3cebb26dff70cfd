package net.mailagent.embedded;

/** The error codes of MongoDB that this engine answers with, under MongoDB's names. */
enum ErrorKind {
  INTERNAL_ERROR(1, "InternalError"),
  BAD_VALUE(2, "BadValue"),
  FAILED_TO_PARSE(9, "FailedToParse"),
  TYPE_MISMATCH(14, "TypeMismatch"),
  OVERFLOW(15, "Overflow"),
  ILLEGAL_OPERATION(20, "IllegalOperation"),
  INVALID_BSON(22, "InvalidBSON"),
  ALREADY_INITIALIZED(23, "AlreadyInitialized"),
  NAMESPACE_NOT_FOUND(26, "NamespaceNotFound"),
  INDEX_NOT_FOUND(27, "IndexNotFound"),
  CURSOR_NOT_FOUND(43, "CursorNotFound"),
  NAMESPACE_EXISTS(48, "NamespaceExists"),
  INVALID_ID_FIELD(53, "InvalidIdField"),
  COMMAND_NOT_FOUND(59, "CommandNotFound"),
  SHARD_KEY_NOT_FOUND(61, "ShardKeyNotFound"),
  IMMUTABLE_FIELD(66, "ImmutableField"),
  CANNOT_CREATE_INDEX(67, "CannotCreateIndex"),
  INVALID_OPTIONS(72, "InvalidOptions"),
  INVALID_NAMESPACE(73, "InvalidNamespace"),
  INDEX_OPTIONS_CONFLICT(85, "IndexOptionsConflict"),
  INDEX_KEY_SPECS_CONFLICT(86, "IndexKeySpecsConflict"),
  COMMAND_NOT_SUPPORTED(115, "CommandNotSupported"),
  CANNOT_INDEX_PARALLEL_ARRAYS(171, "CannotIndexParallelArrays"),
  QUERY_PLAN_KILLED(175, "QueryPlanKilled"),
  EXCEEDED_SORT_MEMORY(292, "QueryExceededMemoryLimitNoDiskUseAllowed"),
  OBJECT_TOO_LARGE(10334, "BSONObjectTooLarge"),
  DUPLICATE_KEY(11000, "DuplicateKey"),
  OUT_OF_DISK_SPACE(14031, "OutOfDiskSpace"),
  UPDATED_OBJECT_TOO_LARGE(17419, "Location17419"),
  INTERRUPTED_AT_SHUTDOWN(11600, "InterruptedAtShutdown");

  private final int code;
  private final String codeName;

  ErrorKind(int code, String codeName) {
    this.code = code;
    this.codeName = codeName;
  }

  int code() {
    return code;
  }

  String codeName() {
    return codeName;
  }
}

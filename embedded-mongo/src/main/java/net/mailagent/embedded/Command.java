package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One command as it came in an OP_MSG: the body and the document sequences sent beside it. The
 * documents lie in the message's own bytes.
 */
record Command(
    String name, String database, Doc body, Map<String, List<Doc>> sequences, boolean silent) {

  static Command of(Doc body, Map<String, List<Doc>> sequences, boolean silent) {
    Fields fields = body.fields();
    if (!fields.next()) {
      throw new MongoError(ErrorKind.FAILED_TO_PARSE, "an empty document is no command");
    }
    String database = body.getString("$db");
    return new Command(
        fields.name(), database == null ? "admin" : database, body, sequences, silent);
  }

  /** The collection named by the command's first field. */
  String collection() {
    String collection = body.getString(name);
    if (collection == null || collection.isEmpty()) {
      throw new MongoError(
          ErrorKind.INVALID_NAMESPACE, "collection name has invalid type in '" + name + "'");
    }
    return collection;
  }

  String namespace() {
    return database + "." + collection();
  }

  /** The documents of that field, sent as a sequence or as an array in the body. */
  List<Doc> docs(String field) {
    List<Doc> sequence = sequences.get(field);
    if (sequence != null) {
      return sequence;
    }
    Value array = body.getNonNull(field);
    if (array == null || !array.isArray()) {
      throw new MongoError(ErrorKind.FAILED_TO_PARSE, "'" + field + "' must be an array");
    }
    List<Doc> docs = new ArrayList<>();
    for (Value element : array.elements()) {
      if (!element.isDocument()) {
        throw new MongoError(ErrorKind.TYPE_MISMATCH, "'" + field + "' must hold documents");
      }
      docs.add(element.asDoc());
    }
    return docs;
  }
}

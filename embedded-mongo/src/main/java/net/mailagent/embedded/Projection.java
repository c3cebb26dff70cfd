package net.mailagent.embedded;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Inclusion or exclusion of fields, nested ones too, done on the raw bytes. Immutable; any thread.
 *
 * <p>Not offered: {@code $slice}, {@code $elemMatch}, {@code $meta}, positional and computed
 * fields.
 */
final class Projection {

  /** A field's children; null for a leaf, which is taken or left as a whole. */
  private static final class Node {
    private final Map<String, @Nullable Node> children = new LinkedHashMap<>();
  }

  private final Node root;
  private final boolean include;
  private final boolean id;

  private Projection(Node root, boolean include, boolean id) {
    this.root = root;
    this.include = include;
    this.id = id;
  }

  /**
   * @return null when the whole document is wanted
   * @throws MongoError for what is not offered, for a mixture, and for colliding paths
   */
  static @Nullable Projection parse(Doc spec) {
    Node root = new Node();
    Boolean include = null;
    boolean id = true;
    boolean onlyId = true;
    Fields fields = spec.fields();
    while (fields.next()) {
      String path = fields.name();
      Value value = fields.value();
      if (!value.isNumber() && value.type() != Bson.BOOLEAN) {
        throw new MongoError(
            ErrorKind.COMMAND_NOT_SUPPORTED,
            "the embedded engine has no projection like " + path + ": " + value);
      }
      boolean wanted = value.asBoolean();
      if (path.equals("_id")) {
        id = wanted;
        continue;
      }
      onlyId = false;
      if (include != null && include != wanted) {
        throw new MongoError(
            31254,
            "Location31254",
            "Cannot do "
                + (wanted ? "inclusion" : "exclusion")
                + " on field "
                + path
                + " in "
                + (wanted ? "exclusion" : "inclusion")
                + " projection",
            null);
      }
      include = wanted;
      add(root, path);
    }
    if (onlyId) {
      if (spec.isEmpty()) {
        return null;
      }
      return new Projection(root, id, id);
    }
    return new Projection(root, Boolean.TRUE.equals(include), id);
  }

  private static void add(Node root, String path) {
    Node node = root;
    List<String> steps = Path.steps(path);
    for (int i = 0; i < steps.size(); i++) {
      String step = steps.get(i);
      boolean leaf = i == steps.size() - 1;
      if (step.isEmpty() || step.startsWith("$")) {
        throw new MongoError(
            ErrorKind.COMMAND_NOT_SUPPORTED, "the embedded engine cannot project '" + path + "'");
      }
      boolean known = node.children.containsKey(step);
      Node child = node.children.get(step);
      if (known && (leaf || child == null)) {
        throw new MongoError(31249, "Location31249", "Path collision at " + path, null);
      }
      if (child == null) {
        child = leaf ? null : new Node();
        node.children.put(step, child);
      }
      if (child != null) {
        node = child;
      }
    }
  }

  /** Writes the document's wanted fields into the open document of {@code out}. */
  void write(Doc doc, DocWriter out) {
    Fields fields = doc.fields();
    while (fields.next()) {
      String name = fields.name();
      if (name.equals("_id")) {
        if (id) {
          out.copy(doc.bytes(), fields.start(), fields.end());
        }
        continue;
      }
      write(root, doc, name, fields, out);
    }
  }

  private void write(Node node, Doc doc, String name, Fields field, DocWriter out) {
    boolean named = node.children.containsKey(name);
    Node child = node.children.get(name);
    if (child == null) {
      if (named == include) {
        out.copy(doc.bytes(), field.start(), field.end());
      }
      return;
    }
    Value value = field.value();
    if (value.isDocument()) {
      out.beginDocument(name);
      writeAll(child, value.asDoc(), out);
      out.end();
    } else if (value.isArray()) {
      out.beginArray(name);
      writeElements(child, value, out);
      out.end();
    } else if (!include) {
      out.copy(doc.bytes(), field.start(), field.end());
    }
  }

  private void writeAll(Node node, Doc doc, DocWriter out) {
    Fields fields = doc.fields();
    while (fields.next()) {
      write(node, doc, fields.name(), fields, out);
    }
  }

  private void writeElements(Node node, Value array, DocWriter out) {
    Fields elements = array.asDoc().fields();
    while (elements.next()) {
      Value element = elements.value();
      if (element.isDocument()) {
        out.beginElement();
        writeAll(node, element.asDoc(), out);
        out.end();
      } else if (element.isArray()) {
        out.beginArrayElement();
        writeElements(node, element, out);
        out.end();
      } else if (!include) {
        out.add(element);
      }
    }
  }
}

package net.mailagent.embedded;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks dotted paths through documents and arrays as MongoDB's queries do. Any thread. */
final class Path {

  /** What is asked of each value a path leads to; null where it leads nowhere. */
  interface Test {
    boolean test(@Nullable Value value);
  }

  private Path() {}

  static List<String> steps(String path) {
    List<String> steps = new ArrayList<>();
    int start = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', start)) {
      steps.add(path.substring(start, dot));
      start = dot + 1;
    }
    steps.add(path.substring(start));
    return List.copyOf(steps);
  }

  /** Whether any value that the path leads to passes; arrays on the way are entered. */
  static boolean any(Doc doc, List<String> steps, Test test) {
    return any(doc, steps, 0, test);
  }

  private static boolean any(Doc doc, List<String> steps, int at, Test test) {
    Value value = doc.get(steps.get(at));
    return value == null ? test.test(null) : descend(value, steps, at + 1, test);
  }

  private static boolean descend(Value value, List<String> steps, int at, Test test) {
    if (at == steps.size()) {
      return test.test(value);
    }
    if (value.isDocument()) {
      return any(value.asDoc(), steps, at, test);
    }
    if (!value.isArray()) {
      return test.test(null);
    }
    String step = steps.get(at);
    if (isIndex(step)) {
      Value element = value.asDoc().get(step);
      if (element != null && descend(element, steps, at + 1, test)) {
        return true;
      }
    }
    Fields elements = value.asDoc().fields();
    while (elements.next()) {
      if (elements.type() == Bson.DOCUMENT && any(elements.value().asDoc(), steps, at, test)) {
        return true;
      }
    }
    return false;
  }

  static boolean isIndex(String step) {
    for (int i = 0; i < step.length(); i++) {
      char c = step.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
    }
    return !step.isEmpty();
  }
}

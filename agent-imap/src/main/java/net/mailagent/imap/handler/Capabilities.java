package net.mailagent.imap.handler;

import java.util.ArrayList;
import java.util.List;

/** What a session is offered; every name stands for something complete. */
public final class Capabilities {
  private static final List<String> ALWAYS =
      List.of(
          "IMAP4rev1",
          "LITERAL+",
          "SASL-IR",
          "ID",
          "ENABLE",
          "IDLE",
          "NAMESPACE",
          "UNSELECT",
          "UIDPLUS",
          "MOVE",
          "CONDSTORE",
          "SPECIAL-USE",
          "CHILDREN",
          "WITHIN",
          "STATUS=SIZE",
          "OBJECTID",
          "PREVIEW",
          "BINARY");

  private Capabilities() {}

  /** The capabilities of that session now. */
  public static List<String> of(Session session) {
    List<String> names = new ArrayList<>(ALWAYS);
    if (!session.isLoggedIn()) {
      if (!session.connection().isTls()) {
        names.add("STARTTLS");
      }
      names.add(session.mayLogIn() ? "AUTH=PLAIN" : "LOGINDISABLED");
    }
    return names;
  }
}

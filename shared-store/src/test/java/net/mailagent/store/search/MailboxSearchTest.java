package net.mailagent.store.search;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import net.mailagent.mime.MimeLimits;
import net.mailagent.model.FlagOperation;
import net.mailagent.model.Flags;
import net.mailagent.model.UidSet;
import net.mailagent.model.UserId;
import net.mailagent.model.journal.StoreFlags;
import net.mailagent.model.port.Messages;
import net.mailagent.model.search.SearchKey;
import net.mailagent.store.content.ContentFixture;
import net.mailagent.store.content.ContentSettings;
import net.mailagent.store.mongo.Call;
import net.mailagent.store.mongo.Documents;
import net.mailagent.store.mongo.Query;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What SEARCH finds: decoding, substrings, grouping, negation, and how little it asks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MailboxSearchTest {
  private final ContentSettings settings = ContentSettings.standard();
  private ContentFixture fixture;
  private MailboxSearch search;
  private UserId user;

  @BeforeAll
  void fill() {
    fixture = new ContentFixture(settings);
    search = search(SearchSettings.standard());
    user = fixture.journals.newUser(0);
    add(
        1,
        "From: Bob Builder <bob@example.org>\r\nTo: alice@example.org\r\n"
            + "Subject: Quarterly report\r\nMessage-ID: <Q1@example.org>\r\n"
            + "Date: Mon, 3 Mar 2025 23:30:00 -0500\r\n\r\n"
            + "Please find the figures below.\r\nRegards, Bob\r\n");
    add(
        2,
        "From: =?utf-8?Q?J=C3=BCrgen?= <j@example.net>\r\n"
            + "Subject: =?iso-8859-1?Q?Gr=FC=DFe_aus_K=F6ln?=\r\n"
            + "Date: Wed, 5 Mar 2025 10:00:00 +0100\r\n"
            + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Base64.getEncoder().encodeToString("Schöne Grüße aus Köln".getBytes(UTF_8))
            + "\r\n");
    add(
        3,
        "From: carol@example.org\r\nSubject: Page\r\nX-Spam: yes\r\n"
            + "Content-Type: text/html; charset=iso-8859-1\r\n"
            + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
            + "<html><head><style>p {color: hidden}</style></head><body><p>The <b>quick</b>\r\n"
            + "brown f=F6x &amp; co</p></body></html>\r\n");
    add(
        4,
        "From: Bob <bob@example.org>\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"
            + "References: <Q1@example.org>\r\n"
            + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee attached.\r\n--b\r\n"
            + "Content-Type: application/pdf\r\n"
            + "Content-Disposition: attachment; filename=\"budget-2025.pdf\"\r\n\r\n"
            + "%PDF secretword\r\n--b--\r\n");
    add(5, "Subject: empty\r\n\r\n");
    add(
        6,
        "From: dave@example.org\r\nSubject: long\r\n\r\n"
            + "filler line of text\r\n".repeat(3_000)
            + "a needle in the haystack\r\n");
    flag("\\Seen", 1, 2);
    flag("\\Flagged", 2, 3);
    flag("$Later", 4);
  }

  private MailboxSearch search(SearchSettings bounds) {
    return new MailboxSearch(
        fixture.connection, fixture.store.reader(), bounds, InstantSource.fixed(NOW));
  }

  private static final Instant NOW = Instant.parse("2025-03-10T00:00:00Z");

  /** Adds a message whose INTERNALDATE is that many days before now. */
  private void add(int daysAgo, String message) {
    Messages.Received received = fixture.receive(message.getBytes(ISO_8859_1));
    long date = NOW.getEpochSecond() - 86_400L * daysAgo;
    fixture.store.append(
        user,
        fixture.inbox(user).id(),
        List.of(new Messages.Appended(received, Flags.NONE, date)),
        ContentFixture.ORIGIN);
  }

  private void flag(String flag, int... uids) {
    fixture.journals.commit(
        user,
        ContentFixture.ORIGIN,
        new StoreFlags(
            fixture.inbox(user).id(),
            UidSet.of(uids),
            FlagOperation.ADD,
            Flags.of(flag),
            java.util.OptionalLong.empty()));
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  private String find(SearchKey key) {
    return search.search(user, fixture.inbox(user), key).toString();
  }

  @Test
  void aMessageWhoseOctetsAreMissingHidesNoOther() {
    UserId owner = fixture.journals.newUser(0);
    for (String body : List.of("filler two here words", "filler two words here", "two words")) {
      String message = "Subject: x\r\n\r\n" + (body + "\r\n").repeat(3_000);
      fixture.store.append(
          owner,
          fixture.inbox(owner).id(),
          List.of(
              new Messages.Appended(
                  fixture.receive(message.getBytes(ISO_8859_1)), Flags.NONE, NOW.getEpochSecond())),
          ContentFixture.ORIGIN);
    }
    SearchKey key = new SearchKey.Body("two words");
    assertThat(search.search(owner, fixture.inbox(owner), key)).hasToString("2:3");
    Documents blobs = fixture.connection.documents("blobs");
    BsonDocument lost = blobs.find(Query.of(new BsonDocument()).sort(BY_LENGTH), 1).getFirst();
    fixture
        .connection
        .documents("attachments.chunks")
        .delete(new BsonDocument("files_id", lost.get("file")));
    assertThat(search.search(owner, fixture.inbox(owner), key)).hasToString("2:3");
    assertThat(search.search(owner, fixture.inbox(owner), new SearchKey.Body("else")))
        .isEqualTo(UidSet.EMPTY);
  }

  private static final BsonDocument BY_LENGTH = new BsonDocument("length", new BsonInt32(1));

  private static SearchKey subject(String text) {
    return new SearchKey.Header("Subject", text);
  }

  private static SearchKey from(String text) {
    return new SearchKey.Header("FROM", text);
  }

  private static SearchKey body(String text) {
    return new SearchKey.Body(text);
  }

  private static SearchKey text(String text) {
    return new SearchKey.Text(text);
  }

  private static SearchKey not(SearchKey key) {
    return new SearchKey.Not(key);
  }

  private static SearchKey and(SearchKey... keys) {
    return new SearchKey.And(List.of(keys));
  }

  private static SearchKey or(SearchKey left, SearchKey right) {
    return new SearchKey.Or(left, right);
  }

  private static SearchKey flag(String flag) {
    return new SearchKey.HasFlag(flag);
  }

  @Test
  void flagsUidsSizesAndDatesComeFromThePlacements() {
    fixture.watch.calls.clear();
    assertThat(find(new SearchKey.All())).isEqualTo("1:6");
    assertThat(find(flag("\\Seen"))).isEqualTo("1:2");
    assertThat(find(flag("$later"))).isEqualTo("4");
    assertThat(find(not(flag("\\Seen")))).isEqualTo("3:6");
    assertThat(find(new SearchKey.Uids(UidSet.of(2, 4, 99)))).isEqualTo("2,4");
    assertThat(find(new SearchKey.Larger(10_000))).isEqualTo("6");
    assertThat(find(new SearchKey.Smaller(20))).isEqualTo("5");
    LocalDate eighth = LocalDate.of(2025, 3, 8);
    assertThat(find(new SearchKey.On(SearchKey.DateOf.INTERNAL, eighth))).isEqualTo("2");
    assertThat(find(new SearchKey.Before(SearchKey.DateOf.INTERNAL, eighth))).isEqualTo("3:6");
    assertThat(find(new SearchKey.Since(SearchKey.DateOf.INTERNAL, eighth))).isEqualTo("1:2");
    assertThat(find(new SearchKey.Younger(2 * 86_400))).isEqualTo("1:2");
    assertThat(find(new SearchKey.Older(2 * 86_400))).isEqualTo("2:6");
    assertThat(find(new SearchKey.ModSeqAtLeast(Long.MAX_VALUE))).isEmpty();
    assertThat(find(and(flag("\\Seen"), flag("\\Flagged")))).isEqualTo("2");
    assertThat(find(or(flag("\\Seen"), flag("$Later")))).isEqualTo("1:2,4");
    assertThat(fixture.watch.calls).isEmpty();
  }

  @Test
  void headersAreFoundDecodedAndWithoutCase() {
    assertThat(find(from("BOB"))).isEqualTo("1,4");
    assertThat(find(from("jürgen"))).isEqualTo("2");
    assertThat(find(subject("GRÜSSE"))).isEmpty(); // a sharp s has no single upper case
    assertThat(find(subject("grüße AUS k"))).isEqualTo("2");
    assertThat(find(subject("uarterly rep"))).isEqualTo("1");
    assertThat(find(new SearchKey.Header("x-spam", ""))).isEqualTo("3");
    assertThat(find(new SearchKey.Header("x-none", ""))).isEmpty();
    assertThat(find(new SearchKey.Header("To", "example.org"))).isEqualTo("1");
    assertThat(find(from("b.b"))).isEmpty(); // a point is a point
    assertThat(find(from("bob@example.org>"))).isEqualTo("1,4");
  }

  @Test
  void messageIdsAreFoundByTheirIndexAndBySubstring() {
    assertThat(find(new SearchKey.Header("Message-ID", "<q1@EXAMPLE.org>"))).isEqualTo("1");
    assertThat(find(new SearchKey.Header("Message-ID", "q1@"))).isEqualTo("1");
    assertThat(find(new SearchKey.Header("Message-ID", "<other@example.org>"))).isEmpty();
    String thread =
        ContentFixture.message(
                fixture.store, user, fixture.inbox(user).messages().byUid(1).content())
            .thread();
    assertThat(find(new SearchKey.InThread(thread))).isEqualTo("1"); // 4 has another subject
    assertThat(find(not(new SearchKey.InThread(thread)))).isEqualTo("2:6");
    assertThat(find(new SearchKey.InThread("nonsense"))).isEmpty();
  }

  @Test
  void sentDatesAreThoseThatTheSenderWrote() {
    LocalDate third = LocalDate.of(2025, 3, 3);
    assertThat(find(new SearchKey.On(SearchKey.DateOf.SENT, third))).isEqualTo("1");
    assertThat(find(new SearchKey.Since(SearchKey.DateOf.SENT, third.plusDays(1)))).isEqualTo("2");
    assertThat(find(new SearchKey.Before(SearchKey.DateOf.SENT, third.plusDays(1)))).isEqualTo("1");
    assertThat(find(not(new SearchKey.On(SearchKey.DateOf.SENT, third)))).isEqualTo("2:6");
  }

  @Test
  void bodiesAreFoundDecodedAsText() {
    assertThat(find(body("FIGURES"))).isEqualTo("1");
    assertThat(find(body("igure"))).isEqualTo("1"); // inside a word
    assertThat(find(body("köln"))).isEqualTo("2");
    assertThat(find(body("föx"))).isEqualTo("3");
    assertThat(find(body("hidden"))).isEmpty(); // a style is no text
    assertThat(find(body("quarterly"))).isEmpty(); // in the header only
    assertThat(find(text("quarterly"))).isEqualTo("1");
    assertThat(find(text("x-spam: yes"))).isEqualTo("3");
    assertThat(find(body("budget"))).isEqualTo("4"); // the name of an attachment
    assertThat(find(body("secretword"))).isEmpty(); // not text
    assertThat(find(body("haystack"))).isEqualTo("6"); // behind the first kilobytes
    assertThat(find(not(body("bob")))).isEqualTo("2:6");
    assertThat(find(body(""))).isEqualTo("1:6");
  }

  @Test
  void phrasesAreVerifiedOnTheCandidates() {
    assertThat(find(body("find the figures"))).isEqualTo("1");
    assertThat(find(body("nd the figu"))).isEqualTo("1");
    assertThat(find(body("the find figures"))).isEmpty();
    assertThat(find(body("quick brown"))).isEqualTo("3");
    assertThat(find(body("föx & co"))).isEqualTo("3");
    assertThat(find(body("Regards,"))).isEqualTo("1");
    assertThat(find(body("a needle in the"))).isEqualTo("6");
    assertThat(find(not(body("find the figures")))).isEqualTo("2:6");
    assertThat(find(text("quarterly report"))).isEqualTo("1");
    assertThat(find(body("&"))).isEqualTo("3");
    assertThat(find(body("ju.gle"))).isEmpty();
    assertThat(find(body("\\E.*"))).isEmpty();
  }

  @Test
  void groupingAndNegationAreKept() {
    assertThat(find(and(or(from("bob"), from("carol")), subject("files")))).isEqualTo("4");
    assertThat(find(or(from("bob"), and(from("carol"), subject("files"))))).isEqualTo("1,4");
    assertThat(find(not(and(from("bob"), subject("files"))))).isEqualTo("1:3,5:6");
    assertThat(find(not(or(from("bob"), from("carol"))))).isEqualTo("2,5:6");
    assertThat(find(and(not(from("bob")), not(body("find the"))))).isEqualTo("2:3,5:6");
    assertThat(find(not(and(from("bob"), not(body("find the"))))))
        .isEqualTo("1:3,5:6"); // 4 is from Bob and has no such phrase
    assertThat(find(or(flag("\\Seen"), from("carol")))).isEqualTo("1:3");
    assertThat(find(and(not(flag("\\Seen")), or(from("bob"), flag("\\Flagged"))))).isEqualTo("3:4");
    assertThat(find(not(and(flag("\\Seen"), from("bob"))))).isEqualTo("2:6");
  }

  @Test
  void aGroupOfContentKeysIsOneQuery() {
    fixture.watch.calls.clear();
    find(and(flag("\\Seen"), or(from("bob"), subject("page")), not(body("zebra"))));
    assertThat(fixture.watch.calls).extracting(Call::toString).containsExactly("FIND messages");
  }

  private static MailboxSearch over(ContentFixture other) {
    return new MailboxSearch(
        other.connection, other.store.reader(), SearchSettings.standard(), InstantSource.system());
  }

  @Test
  void whatWasNotIndexedWholeIsVerified() {
    MimeLimits tight = new MimeLimits(100, 10, 1 << 20, 100, 1 << 20, 1 << 20, 40, 1 << 20, 64);
    try (ContentFixture small = new ContentFixture(settings.withLimits(tight))) {
      UserId someone = small.journals.newUser(0);
      String many = "word";
      StringBuilder text = new StringBuilder("X-First: 0123456789012345678901234567\r\n");
      text.append("X-Last: behind\r\nMessage-ID: <late@example.org>\r\n\r\n");
      for (int i = 0; i < 500; i++) {
        text.append(many).append(i).append(' ');
      }
      small.append(
          someone,
          text.toString().getBytes(ISO_8859_1),
          "X-Last: other\r\n\r\nword7\r\n".getBytes(ISO_8859_1));
      MailboxSearch there = over(small);
      assertThat(there.search(someone, small.inbox(someone), body("word499")).toString())
          .isEqualTo("1");
      assertThat(there.search(someone, small.inbox(someone), not(body("word499"))).toString())
          .isEqualTo("2");
      assertThat(there.search(someone, small.inbox(someone), body("word7")).toString())
          .isEqualTo("1:2");
      SearchKey last = new SearchKey.Header("X-Last", "behind");
      assertThat(there.search(someone, small.inbox(someone), last).toString()).isEqualTo("1");
      SearchKey id = new SearchKey.Header("Message-ID", "<late@example.org>");
      assertThat(there.search(someone, small.inbox(someone), id).toString()).isEqualTo("1");
      SearchKey longer = body("word" + "9".repeat(2_000));
      assertThat(there.search(someone, small.inbox(someone), longer).toString()).isEmpty();
    }
  }

  /** One character becomes eighteen: the document must not become as much larger. */
  @Test
  void headersThatGrowWhenNormalisedAreVerified() {
    try (ContentFixture own = new ContentFixture(settings)) {
      UserId someone = own.journals.newUser(0);
      String growing = "\ufdfa".repeat(100_000);
      String message = "X-First: a\r\nX-Long: " + growing + "\r\nX-Last: behind\r\n\r\nb\r\n";
      own.append(someone, message.getBytes(UTF_8));
      BsonDocument stored =
          own.connection
              .documents("messages")
              .findOne(Query.of(new BsonDocument("headersCut", BsonBoolean.TRUE)))
              .orElseThrow();
      assertThat(new RawBsonDocument(stored, new BsonDocumentCodec()).getByteBuffer().remaining())
          .isLessThan(1 << 20);
      MailboxSearch there = over(own);
      for (SearchKey key :
          List.of(
              new SearchKey.Header("X-Last", "behind"),
              new SearchKey.Header("X-Long", "\ufdfa\ufdfa"),
              new SearchKey.Header("X-First", "a"))) {
        assertThat(there.search(someone, own.inbox(someone), key).toString())
            .as(key.toString())
            .isEqualTo("1");
      }
    }
  }

  @Test
  void largeMailboxesAreAskedInSlicesOfIds() {
    MailboxSearch sliced =
        search(new SearchSettings(2, 2, 1_000, 8, SearchSettings.standard().verifyLimits()));
    fixture.watch.calls.clear();
    assertThat(sliced.search(user, fixture.inbox(user), from("bob")).toString()).isEqualTo("1,4");
    assertThat(fixture.watch.calls).hasSize(3);
    fixture.watch.calls.clear();
    SearchKey id = new SearchKey.Header("Message-ID", "<q1@example.org>");
    assertThat(sliced.search(user, fixture.inbox(user), id).toString()).isEqualTo("1");
    assertThat(fixture.watch.calls).hasSize(1); // its index finds it, whatever the mailbox holds
  }
}

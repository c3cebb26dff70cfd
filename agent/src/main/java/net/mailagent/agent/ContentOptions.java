package net.mailagent.agent;

import java.time.Duration;
import java.util.List;
import net.mailagent.mime.MimeLimits;
import net.mailagent.runtime.settings.Setting;
import net.mailagent.runtime.settings.Settings;
import net.mailagent.store.content.ContentSettings;
import net.mailagent.store.search.SearchSettings;

/** The settings of message contents, the MIME parser and searches; their records say more. */
final class ContentOptions {
  static final Setting<Long> SMALL_BODY =
      Setting.size(
          "content.small-body",
          ContentSettings.standard().smallBody(),
          0,
          4L << 20,
          "A body of at most so many octets stays in the message document.");

  static final Setting<Long> INLINE =
      Setting.size(
          "content.inline",
          ContentSettings.standard().inlineLimit(),
          0,
          4L << 20,
          "Octets of a message that its document holds; the rest goes into one blob.");

  static final Setting<Integer> BLOBS =
      Setting.integer(
          "content.blobs",
          ContentSettings.standard().maxBlobs(),
          0,
          20000,
          "Bodies of one message that become shared blobs; further ones are stored unshared.");

  static final Setting<Long> FIELD =
      Setting.size(
          "content.field",
          ContentSettings.standard().fieldLimit(),
          0,
          1L << 20,
          "Octets of the tree, ENVELOPE or BODYSTRUCTURE that a document holds.");

  static final Setting<Long> CHUNK =
      Setting.size(
          "content.chunk",
          ContentSettings.standard().chunkSize(),
          1L << 10,
          8L << 20,
          "Octets of a GridFS chunk.");

  static final Setting<Long> UPLOAD =
      Setting.size(
          "content.upload",
          ContentSettings.standard().uploadBatch(),
          1L << 10,
          32L << 20,
          "Octets written in one call while a message comes in; two are in memory.");

  static final Setting<Duration> TOUCH =
      Setting.duration(
          "content.touch-after",
          ContentSettings.standard().touchAfter(),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          "Age of a blob above which a commit touches it first.");

  static final Setting<Duration> GRACE =
      Setting.duration(
          "content.sweep-grace",
          ContentSettings.standard().sweepGrace(),
          Duration.ofDays(1),
          Duration.ofDays(3650),
          "How long a blob that nothing refers to is left alone.");

  static final Setting<Long> BULK =
      Setting.size(
          "content.bulk",
          ContentSettings.standard().bulkBytes(),
          64L << 10,
          32L << 20,
          "Octets of message documents in one bulk insert.");

  static final Setting<Integer> READ_BATCH =
      Setting.integer(
          "content.read-batch",
          ContentSettings.standard().readBatch(),
          1,
          10000,
          "Messages read by one query.");

  static final Setting<Long> READ_BYTES =
      Setting.size(
          "content.read-bytes",
          ContentSettings.standard().readBytes(),
          1L << 10,
          32L << 20,
          "Octets that one query should bring, roughly.");

  static final Setting<Integer> READ_AHEAD =
      Setting.integer(
          "content.read-ahead",
          ContentSettings.standard().readAhead(),
          1,
          1000,
          "Chunks that one query reads.");

  static final Setting<Long> READ_AHEAD_BUDGET =
      Setting.size(
          "content.read-ahead-budget",
          ContentSettings.standard().readAheadBudget(),
          0,
          16384L << 20,
          "Octets that all readers hold beyond the chunk each needs.");

  static final Setting<Long> CONTENT_CACHE =
      Setting.size(
          "content.cache",
          ContentSettings.standard().cacheBytes(),
          0,
          1048576L << 20,
          "Octets of ENVELOPE, BODYSTRUCTURE and layouts kept in memory.");

  static final Setting<Integer> KNOWN_BLOBS =
      Setting.integer(
          "content.known-blobs",
          ContentSettings.standard().knownBlobs(),
          0,
          10000000,
          "Blobs remembered with their file.");

  static final Setting<Integer> PARTS =
      Setting.integer(
          "mime.parts",
          MimeLimits.standard().maxParts(),
          2,
          1000000,
          "Parts of a message; past it the rest is one opaque part.");

  static final Setting<Integer> DEPTH =
      Setting.integer(
          "mime.depth",
          MimeLimits.standard().maxDepth(),
          1,
          1000,
          "Levels of parts; past it the rest is one opaque part.");

  static final Setting<Long> HEADER =
      Setting.size(
          "mime.header",
          MimeLimits.standard().maxHeaderBlock(),
          1L << 10,
          1024L << 20,
          "Octets of one header block; past it the rest is one opaque part.");

  static final Setting<Integer> BOUNDARY =
      Setting.integer(
          "mime.boundary",
          MimeLimits.standard().maxBoundary(),
          70,
          100000,
          "Octets of a boundary; a longer one counts as missing.");

  static final Setting<Long> HEADER_FIELD =
      Setting.size(
          "mime.field",
          MimeLimits.standard().maxField(),
          1L << 10,
          64L << 20,
          "Octets of one header field that are looked at.");

  static final Setting<Long> STRUCTURE =
      Setting.size(
          "mime.structure",
          MimeLimits.standard().maxStructure(),
          1L << 10,
          64L << 20,
          "Octets of header fields that ENVELOPE and BODYSTRUCTURE are made of.");

  static final Setting<Long> SEARCH_HEADERS =
      Setting.size(
          "mime.search-headers",
          MimeLimits.standard().maxHeaders(),
          1L << 10,
          2L << 20,
          "Characters of header fields that SEARCH finds without reading the message.");

  static final Setting<Long> SEARCH_CHARACTERS =
      Setting.size(
          "mime.search-characters",
          MimeLimits.standard().maxText(),
          1L << 10,
          1024L << 20,
          "Characters of text gathered for SEARCH; a message with more is read when searched.");

  static final Setting<Long> SEARCH_TEXT =
      Setting.size(
          "mime.search-text",
          MimeLimits.standard().maxSearchText(),
          1L << 10,
          4L << 20,
          "Octets of the words of a message; one with more is read when searched.");

  static final Setting<Integer> SEARCH_IDS =
      Setting.integer(
          "search.ids",
          SearchSettings.standard().idsPerQuery(),
          1,
          100000,
          "Messages by whose ids one query of a search is narrowed.");

  static final Setting<Integer> SEARCH_PARALLEL =
      Setting.integer(
          "search.parallel",
          SearchSettings.standard().parallel(),
          1,
          1000,
          "Queries of one search that run at a time.");

  static final Setting<Integer> SEARCH_LENGTH =
      Setting.integer(
          "search.length",
          SearchSettings.standard().regexLength(),
          1,
          8000,
          "Characters of a needle that a query looks for; a longer one is verified.");

  static final Setting<Integer> SEARCH_WORDS =
      Setting.integer(
          "search.words",
          SearchSettings.standard().regexWords(),
          1,
          100,
          "Words of a phrase that a query looks for; more are verified.");

  static final List<Setting<?>> ALL =
      List.of(
          SMALL_BODY,
          INLINE,
          BLOBS,
          FIELD,
          CHUNK,
          UPLOAD,
          TOUCH,
          GRACE,
          BULK,
          READ_BATCH,
          READ_BYTES,
          READ_AHEAD,
          READ_AHEAD_BUDGET,
          CONTENT_CACHE,
          KNOWN_BLOBS,
          PARTS,
          DEPTH,
          HEADER,
          BOUNDARY,
          HEADER_FIELD,
          STRUCTURE,
          SEARCH_HEADERS,
          SEARCH_CHARACTERS,
          SEARCH_TEXT,
          SEARCH_IDS,
          SEARCH_PARALLEL,
          SEARCH_LENGTH,
          SEARCH_WORDS);

  private ContentOptions() {}

  static ContentSettings content(Settings settings) {
    MimeLimits limits =
        new MimeLimits(
            settings.get(PARTS),
            settings.get(DEPTH),
            Math.toIntExact(settings.get(HEADER)),
            settings.get(BOUNDARY),
            Math.toIntExact(settings.get(HEADER_FIELD)),
            Math.toIntExact(settings.get(STRUCTURE)),
            Math.toIntExact(settings.get(SEARCH_HEADERS)),
            Math.toIntExact(settings.get(SEARCH_CHARACTERS)),
            Math.toIntExact(settings.get(SEARCH_TEXT)));
    return new ContentSettings(
        limits,
        Math.toIntExact(settings.get(SMALL_BODY)),
        Math.toIntExact(settings.get(INLINE)),
        settings.get(BLOBS),
        Math.toIntExact(settings.get(FIELD)),
        Math.toIntExact(settings.get(CHUNK)),
        Math.toIntExact(settings.get(UPLOAD)),
        settings.get(TOUCH),
        settings.get(GRACE),
        Math.toIntExact(settings.get(BULK)),
        settings.get(READ_BATCH),
        Math.toIntExact(settings.get(READ_BYTES)),
        settings.get(READ_AHEAD),
        settings.get(READ_AHEAD_BUDGET),
        settings.get(CONTENT_CACHE),
        settings.get(KNOWN_BLOBS));
  }

  static SearchSettings search(Settings settings) {
    return new SearchSettings(
        settings.get(SEARCH_IDS),
        settings.get(SEARCH_PARALLEL),
        settings.get(SEARCH_LENGTH),
        settings.get(SEARCH_WORDS),
        SearchSettings.standard().verifyLimits());
  }
}

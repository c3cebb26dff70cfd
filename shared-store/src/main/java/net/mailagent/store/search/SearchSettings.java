package net.mailagent.store.search;

import net.mailagent.mime.MimeLimits;

/**
 * The bounds of a search. {@link #standard()} gives the defaults.
 *
 * @param idsPerQuery messages that one query narrows by their ids at most; default 2,048
 * @param parallel queries of one search that run at a time; default 4
 * @param regexLength characters of a needle that a query looks for at most; what is longer is
 *     verified; default 1,000
 * @param regexWords words of a phrase that a query looks for at most; default 8
 * @param verifyLimits of the parser that reads header blocks again while verifying; default as at
 *     intake, but with header fields of any length
 */
public record SearchSettings(
    int idsPerQuery, int parallel, int regexLength, int regexWords, MimeLimits verifyLimits) {

  public SearchSettings {
    if (idsPerQuery < 1
        || parallel < 1
        || regexLength < 1
        || regexLength > 8_000
        || regexWords < 1) {
      throw new IllegalArgumentException("a bound of searches is out of range");
    }
  }

  /** The defaults. */
  public static SearchSettings standard() {
    MimeLimits intake = MimeLimits.standard();
    return new SearchSettings(
        2_048,
        4,
        1_000,
        8,
        new MimeLimits(
            intake.maxParts(),
            intake.maxDepth(),
            intake.maxHeaderBlock(),
            intake.maxBoundary(),
            intake.maxHeaderBlock(),
            intake.maxStructure(),
            intake.maxHeaderBlock(),
            0,
            0));
  }
}

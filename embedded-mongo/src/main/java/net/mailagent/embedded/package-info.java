/**
 * The embedded default engine: the MongoDB wire protocol over ordered B-trees (H2's MVStore) and a
 * group-committed log, in the same JVM or shared by TCP.
 *
 * <p>From the network inwards: {@code WireServer} (frames) -&gt; {@code Commands} (dispatch) -&gt;
 * {@code ReadCommands}, {@code WriteCommands}, {@code AdminCommands} -&gt; {@code Planner} and
 * {@code Scan} (which index, which range) -&gt; {@code Collection} (documents and index entries,
 * one writer at a time, readers on published snapshots) -&gt; {@code Store} (MVStore, checkpoints)
 * and {@code WriteLog} (what makes an acknowledgement durable).
 */
@NullMarked
package net.mailagent.embedded;

import org.jspecify.annotations.NullMarked;

package net.mailagent.mime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps what a parser tells its sink, and checks the order of it. */
final class RecordingSink implements MimeSink {
  record Leaf(LeafInfo info, long end) {}

  final ByteArrayOutputStream all = new ByteArrayOutputStream();
  final List<Leaf> leaves = new ArrayList<>();
  private @Nullable LeafInfo open;

  @Override
  public void bytes(ByteBuffer slice) {
    if (open != null) {
      throw new AssertionError("octets outside while in leaf " + open);
    }
    add(slice);
  }

  @Override
  public void bodyStart(LeafInfo leaf) {
    if (open != null || leaf.offset() != all.size()) {
      throw new AssertionError(leaf + " starts at " + all.size() + " in " + open);
    }
    open = leaf;
  }

  @Override
  public void body(ByteBuffer slice) {
    if (open == null) {
      throw new AssertionError("a body without a leaf");
    }
    add(slice);
  }

  @Override
  public void bodyEnd() {
    leaves.add(new Leaf(Objects.requireNonNull(open), all.size()));
    open = null;
  }

  private void add(ByteBuffer slice) {
    byte[] octets = new byte[slice.remaining()];
    slice.get(octets);
    all.writeBytes(octets);
  }
}

package net.mailagent.mime;

import java.nio.ByteBuffer;

/** Takes everything and keeps nothing. */
enum Discard implements MimeSink {
  SINK;

  @Override
  public void bytes(ByteBuffer slice) {}

  @Override
  public void bodyStart(LeafInfo leaf) {}

  @Override
  public void body(ByteBuffer slice) {}

  @Override
  public void bodyEnd() {}
}

package net.mailagent.store.content;

import java.util.concurrent.atomic.LongAdder;

/**
 * What this node stored since it started, and what sharing and decoding spared it. Any thread.
 *
 * <p>{@code messages() - documents() - blobs()} octets were saved.
 */
public final class ContentFigures {
  private final LongAdder messages = new LongAdder();
  private final LongAdder documents = new LongAdder();
  private final LongAdder blobs = new LongAdder();
  private final LongAdder decoded = new LongAdder();
  private final LongAdder newBlobs = new LongAdder();
  private final LongAdder sharedBlobs = new LongAdder();
  private final LongAdder chunksRead = new LongAdder();

  ContentFigures() {}

  void message(long octets, long inDocument) {
    messages.add(octets);
    documents.add(inDocument);
  }

  void newBlob(long octets) {
    newBlobs.increment();
    blobs.add(octets);
  }

  void sharedBlobs(int count) {
    sharedBlobs.add(count);
  }

  void decoded(long spared) {
    decoded.add(spared);
  }

  void chunksRead(int count) {
    chunksRead.add(count);
  }

  /** Octets of messages as their users see them, each as often as it was written for one. */
  public long messages() {
    return messages.sum();
  }

  /** Octets of messages that are in documents, trace headers included. */
  public long documents() {
    return documents.sum();
  }

  /** Octets of blobs that the store did not have before. */
  public long blobs() {
    return blobs.sum();
  }

  /** Octets by which received base64 bodies are longer than what they encode. */
  public long decoded() {
    return decoded.sum();
  }

  /** Blobs that the store did not have before. */
  public long newBlobs() {
    return newBlobs.sum();
  }

  /** Blobs of received messages that the store had. */
  public long sharedBlobs() {
    return sharedBlobs.sum();
  }

  /** Chunks of blobs that were read. */
  public long chunksRead() {
    return chunksRead.sum();
  }
}

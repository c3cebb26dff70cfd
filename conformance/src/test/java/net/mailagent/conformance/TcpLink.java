package net.mailagent.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stretch of network between two programs on this machine, which can be cut: it then refuses and
 * resets all connections, or lets nothing through until it is whole again. Any thread.
 */
final class TcpLink implements AutoCloseable {
  /** How it is. */
  private enum State {
    WHOLE,
    RESETTING,
    SILENT
  }

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private State state = State.WHOLE; // guarded by this

  /** A link to that port, from a free one. */
  TcpLink(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Cuts it, noticeably for both sides. */
  void reset() {
    set(State.RESETTING);
    sockets.forEach(TcpLink::abort);
  }

  /** Cuts it so that nobody is told: what was sent is on its way until it is whole again. */
  void silence() {
    set(State.SILENT);
  }

  void heal() {
    set(State.WHOLE);
  }

  private synchronized void set(State now) {
    state = now;
    notifyAll();
  }

  private synchronized State state() {
    return state;
  }

  /** Waits while nothing comes through; false when the link resets connections. */
  private synchronized boolean passes() throws InterruptedException {
    while (state == State.SILENT) {
      wait();
    }
    return state == State.WHOLE;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        if (state() == State.RESETTING) {
          abort(socket);
        } else {
          Thread.ofVirtual().start(() -> connect(socket));
        }
      } catch (IOException e) {
        // closed, which ends the loop
      }
    }
  }

  private void connect(Socket near) {
    sockets.add(near);
    try {
      if (!passes()) {
        abort(near);
        return;
      }
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(far);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> pump(near, far));
      pump(far, near);
    } catch (IOException e) {
      abort(near);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(near);
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] block = new byte[1 << 16];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int octets = in.read(block); octets >= 0 && passes(); octets = in.read(block)) {
        out.write(block, 0, octets);
      }
    } catch (IOException e) {
      // one side is gone, so is the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      abort(from);
      abort(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void abort(Socket socket) {
    try {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    } catch (IOException e) {
      // it is gone already
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    reset();
  }
}

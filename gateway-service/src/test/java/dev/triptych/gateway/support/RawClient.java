package dev.triptych.gateway.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An HTTP/1.1 client that sends and reads bytes when the test says so. Every read has a deadline. */
public final class RawClient implements AutoCloseable {

    private static final int DEADLINE_MILLIS = 20_000;

    private final Socket socket;

    public RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(DEADLINE_MILLIS);
    }

    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** One chunk of a chunked body. */
    public void sendChunk(byte[] bytes) throws IOException {
        send(Integer.toHexString(bytes.length) + "\r\n");
        send(bytes);
        send("\r\n");
    }

    /** Reads until {@code end} has arrived and returns all that was read by this call. */
    public String readUntil(String end) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (!read.toString(StandardCharsets.UTF_8).endsWith(end)) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("ended before '" + end + "': " + read.toString(StandardCharsets.UTF_8));
            }
            read.write(next);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    /** Reads to the end of the connection. */
    public String readToEnd() throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(read);
        } catch (SocketTimeoutException e) {
            throw new IOException(
                    "the connection stayed open after '" + read.toString(StandardCharsets.UTF_8) + "'", e);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    /** The same, where the other side may have cut the connection hard: then nothing. */
    public String endOrNothing() throws IOException {
        try {
            return readToEnd();
        } catch (SocketException e) {
            return "";
        }
    }

    /** Clients that have begun alike and go no further. */
    public static List<RawClient> open(int port, int count, String beginning) throws IOException {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RawClient next = new RawClient(port);
            next.send(beginning);
            clients.add(next);
        }
        return clients;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

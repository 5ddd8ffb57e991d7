package dev.triptych.gateway.support;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A multipart body as bytes; Spring's own writer asks for a random boundary, which blocks the client's event loop. */
public final class MultipartForm {

    public static final String CONTENT_TYPE = "multipart/form-data; boundary=triptych-test";

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    public MultipartForm field(String name, String value) {
        return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
    }

    public MultipartForm file(String name, String filename, byte[] content) {
        return part("name=\"" + name + "\"; filename=\"" + filename + "\"", content);
    }

    public byte[] bytes() {
        write("--triptych-test--\r\n");
        return body.toByteArray();
    }

    private MultipartForm part(String disposition, byte[] content) {
        write("--triptych-test\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n");
        body.writeBytes(content);
        write("\r\n");
        return this;
    }

    private void write(String text) {
        body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}

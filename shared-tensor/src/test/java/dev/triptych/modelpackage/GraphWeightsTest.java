package dev.triptych.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs written by hand, field numbers as in onnx.proto. */
class GraphWeightsTest {

    @TempDir
    private Path folder;

    @Test
    void partsOfOtherFilesCountWithTheLengthThatTheGraphTakes() throws IOException {
        byte[] graph = concat(
                field(5, concat(field(8, text("inside")), field(9, new byte[1000]))),
                field(5, external("weights", "4096", "200000")),
                field(5, external("weights", "0", "300")));
        Path file = folder.resolve("model.onnx");
        Files.write(file, field(7, graph));
        assertThat(GraphWeights.bytes(file)).isEqualTo(Files.size(file) + 200_300);
    }

    @Test
    void withoutALengthTheRestOfTheFileCounts() throws IOException {
        Files.write(folder.resolve("weights"), new byte[5000]);
        Path file = folder.resolve("model.onnx");
        Files.write(file, field(7, field(5, external("weights", "4096", null))));
        assertThat(GraphWeights.bytes(file)).isEqualTo(Files.size(file) + 904);
    }

    @Test
    void whatIsNoGraphIsRefused() throws IOException {
        Path file = folder.resolve("model.onnx");
        Files.write(file, new byte[] {0x3a, 0x7f, 0x07});
        assertThatThrownBy(() -> GraphWeights.bytes(file)).isInstanceOf(ModelPackageException.class);
    }

    private static byte[] external(String location, String offset, String length) {
        byte[] entries = concat(entry("location", location), entry("offset", offset));
        return length == null ? entries : concat(entries, entry("length", length));
    }

    private static byte[] entry(String key, String value) {
        return field(13, concat(field(1, text(key)), field(2, text(value))));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] field(int number, byte[] content) {
        return concat(varint(number << 3 | 2), varint(content.length), content);
    }

    private static byte[] varint(int value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int rest = value;
        while (rest > 0x7f) {
            bytes.write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
        return bytes.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}

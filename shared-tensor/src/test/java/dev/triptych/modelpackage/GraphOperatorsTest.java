package dev.triptych.modelpackage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphOperatorsTest {

    @TempDir
    private Path folder;

    @Test
    void operatorsOfGraphAndSubgraphAreListedAndWeightsSkipped() throws IOException {
        byte[] inner = message(1, message(4, "MatMul".getBytes()));
        byte[] attribute = message(6, inner);
        byte[] node = concat(message(1, "x".getBytes()), message(4, "If".getBytes()), message(5, attribute));
        byte[] weight = message(5, new byte[300]);
        byte[] file = concat(new byte[] {8, 8}, message(7, concat(weight, message(1, node))));
        assertThat(GraphOperators.of(Files.write(folder.resolve("graph.onnx"), file)))
                .containsExactly("If", "MatMul");
    }

    @Test
    void whatIsNoGraphIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("graph.onnx"), "nonsense");
        assertThatThrownBy(() -> GraphOperators.of(file)).isInstanceOf(ModelPackageException.class);
    }

    private static byte[] message(int field, byte[] content) {
        byte[] length = content.length < 128
                ? new byte[] {(byte) content.length}
                : new byte[] {(byte) (content.length & 0x7f | 0x80), (byte) (content.length >> 7)};
        return concat(new byte[] {(byte) (field << 3 | 2)}, length, content);
    }

    private static byte[] concat(byte[]... parts) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}

package dev.triptych.vision;

import dev.triptych.testkit.Fixtures;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tiny ViT of the fixtures, its pictures, and what PyTorch and Hugging Face make of them. */
final class TinyModels {

    private TinyModels() {}

    /** One picture with its reference logits. */
    record Golden(Path image, int width, int height, String label, float[] logits) {

        byte[] bytes() {
            try {
                return Files.readAllBytes(image);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String toString() {
            return String.valueOf(image.getFileName());
        }
    }

    static List<Golden> goldens() {
        List<Golden> goldens = new ArrayList<>();
        for (JsonNode node : JsonMapper.shared()
                .readTree(Fixtures.path("vit/golden-classification.json").toFile())) {
            float[] logits = new float[node.get("logits").size()];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = node.get("logits").get(i).floatValue();
            }
            goldens.add(new Golden(
                    Fixtures.path("vit/" + node.get("image").stringValue()),
                    node.get("width").intValue(),
                    node.get("height").intValue(),
                    node.get("label").stringValue(),
                    logits));
        }
        return goldens;
    }

    /** A small file that says of itself that it is 65 535 pixels wide and high. */
    static byte[] hugeGif() {
        try (InputStream in = TinyModels.class.getResourceAsStream("/pictures/frame.gif")) {
            byte[] gif = in.readAllBytes();
            for (int i = 6; i < 10; i++) {
                gif[i] = (byte) 0xFF;
            }
            return gif;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A few bytes of a PNG whose header promises 100 million pixels. */
    static byte[] hugePng() {
        byte[] png = picture("exact-32x32.png");
        ByteBuffer.wrap(png).putInt(16, 10_000).putInt(20, 10_000);
        CRC32 checksum = new CRC32();
        checksum.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) checksum.getValue());
        return png;
    }

    /** A repository with the ViT as {@code tiny}, a damaged copy as {@code damaged}, and a model of another service. */
    static Path repository(Path folder) {
        try {
            copy(folder.resolve("tiny"));
            Path damaged = copy(folder.resolve("damaged"));
            Files.writeString(
                    damaged.resolve("triptych.json"),
                    "{\"task\": \"image-classification\", \"sha256\": {\"onnx/model.onnx\": \"" + "0".repeat(64)
                            + "\"}}");
            Path other = Files.createDirectories(folder.resolve("translator"));
            Files.writeString(other.resolve("config.json"), "{\"model_type\": \"m2m_100\"}");
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copy(Path folder) throws IOException {
        return copy("vit", folder);
    }

    /** A copy of a fixture's package: its settings and its graphs. */
    static Path copy(String fixture, Path folder) throws IOException {
        Files.createDirectories(folder.resolve("onnx"));
        Path source = Fixtures.path(fixture);
        for (String file : List.of("config.json", "preprocessor_config.json")) {
            Files.copy(source.resolve(file), folder.resolve(file));
        }
        try (Stream<Path> graphs = Files.list(source.resolve("onnx"))) {
            for (Path graph : graphs.toList()) {
                Files.copy(graph, folder.resolve("onnx").resolve(graph.getFileName()));
            }
        }
        return folder;
    }

    /** A fixture's golden file. */
    static JsonNode golden(String fixture, String file) {
        return JsonMapper.shared().readTree(Fixtures.path(fixture + "/" + file).toFile());
    }

    /** The bytes of a file that a golden file names. */
    static byte[] bytes(String fixture, JsonNode name) {
        try {
            return Files.readAllBytes(Fixtures.path(fixture).resolve(name.stringValue()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A picture of the fixtures. */
    static byte[] picture(String name) {
        try {
            Path plain = Fixtures.path("vit").resolve("images").resolve(name);
            return Files.readAllBytes(
                    Files.exists(plain) ? plain : Fixtures.path("pictures").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static float[] floats(JsonNode numbers) {
        List<Float> flat = new ArrayList<>();
        flatten(numbers, flat);
        float[] values = new float[flat.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = flat.get(i);
        }
        return values;
    }

    private static void flatten(JsonNode node, List<Float> into) {
        if (node.isArray()) {
            node.forEach(element -> flatten(element, into));
        } else {
            into.add(node.floatValue());
        }
    }
}

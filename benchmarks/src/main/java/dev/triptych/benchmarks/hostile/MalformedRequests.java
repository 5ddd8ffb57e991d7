package dev.triptych.benchmarks.hostile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Requests that are wrong in one way or another, the same ones for the same seed and number. */
final class MalformedRequests {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What a well-behaved client would send; each request damages one of them. */
    private static final List<Target> TARGETS = List.of(
            new Target(
                    "/v1/completions",
                    "{\"model\":\"triptych-en-de\",\"prompt\":\"Save the file.\",\"max_tokens\":4,\"temperature\":0}"),
            new Target(
                    "/v1/completions",
                    "{\"model\":\"triptych-en-de\",\"prompt\":[5,6,7],\"max_tokens\":4,\"num_beams\":2,\"length_penalty\":1.0}"),
            new Target(
                    "/v1/chat/completions",
                    "{\"model\":\"triptych-en-de\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":4}"),
            new Target("/v1/embeddings", "{\"model\":\"all-minilm-l6-v2\",\"input\":[\"a cat\",\"a dog\"]}"),
            new Target(
                    "/v1/translations",
                    "{\"source\":\"en\",\"target\":\"de\",\"input\":\"Save.\",\"strategy\":\"ctc\",\"options\":{},\"glossary\":{\"a\":\"b\"}}"),
            new Target(
                    "/translate",
                    "{\"q\":\"Save.\",\"source\":\"en\",\"target\":\"de\",\"format\":\"html\",\"alternatives\":1}"),
            new Target(
                    "/v1/attention", "{\"model\":\"triptych-en-de\",\"source\":\"Save.\",\"target\":\"Speichern.\"}"),
            new Target("/v1/vision/classifications", "{\"image\":\"iVBORw0KGgo=\",\"top_k\":3}"),
            new Target("/v1/vision/detections", "{\"image\":\"iVBORw0KGgo=\",\"threshold\":0.5}"),
            new Target("/v1/vision/segmentations", "{\"image\":\"iVBORw0KGgo=\"}"),
            new Target("/v1/vision/attention", "{\"image\":\"iVBORw0KGgo=\",\"layer\":0}"),
            new Target(
                    "/v1/batches",
                    "{\"input_file_id\":\"file-1\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\"}"));

    private static final List<String> CONTENT_TYPES = List.of(
            "application/json",
            "text/plain",
            "image/png",
            "image/jpeg",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
            "application/json; charset=utf-16",
            "nonsense");

    private final long seed;

    MalformedRequests(long seed) {
        this.seed = seed;
    }

    private record Target(String path, String body) {}

    record Malformed(String path, String contentType, byte[] body) {}

    /** Request {@code number} of the seed's series. */
    Malformed at(int number) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + number);
        Target target = TARGETS.get(random.nextInt(TARGETS.size()));
        String type = random.nextInt(8) == 0 ? pick(CONTENT_TYPES, random) : "application/json";
        return new Malformed(target.path(), type, body(target, random));
    }

    private static byte[] body(Target target, SplittableRandom random) {
        byte[] whole = target.body().getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(8)) {
            case 0 -> bytes(random, random.nextInt(300));
            case 1 -> Arrays.copyOf(whole, random.nextInt(whole.length));
            case 2 -> scrambled(whole, random);
            case 3 -> ("[".repeat(1 + random.nextInt(5_000))).getBytes(StandardCharsets.UTF_8);
            case 4 -> JSON.writeValueAsBytes(value(random, 0));
            default -> damaged(target, random).getBytes(StandardCharsets.UTF_8);
        };
    }

    private static byte[] bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] scrambled(byte[] whole, SplittableRandom random) {
        byte[] bytes = whole.clone();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    /** One field of the body, or a new one, with a value that it was not made for. */
    private static String damaged(Target target, SplittableRandom random) {
        ObjectNode body = (ObjectNode) JSON.readTree(target.body());
        List<String> names = List.copyOf(body.propertyNames());
        String name = random.nextInt(6) == 0 ? text(random) : pick(names, random);
        if (random.nextInt(5) == 0) {
            body.remove(name);
            return body.toString();
        }
        // Numbers that JSON or a double cannot hold are written by hand.
        String wild = pick(
                List.of("NaN", "-Infinity", "1e999", "-1", "0", "99999999999999999999999", "2147483648", "1e-400"),
                random);
        if (random.nextBoolean()) {
            return body.put(name, "@").toString().replace("\"@\"", wild);
        }
        body.set(name, value(random, 0));
        return body.toString();
    }

    private static JsonNode value(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth > 3 ? 6 : 8)) {
            case 0 -> JSON.getNodeFactory().nullNode();
            case 1 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
            case 2 -> JSON.getNodeFactory().numberNode(random.nextLong());
            case 3 -> JSON.getNodeFactory().numberNode(random.nextDouble(-1e308, 1e308));
            case 4, 5 -> JSON.getNodeFactory().stringNode(text(random));
            case 6 -> array(random, depth);
            default -> object(random, depth);
        };
    }

    private static ArrayNode array(SplittableRandom random, int depth) {
        ArrayNode array = JSON.createArrayNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            array.add(value(random, depth + 1));
        }
        return array;
    }

    private static ObjectNode object(SplittableRandom random, int depth) {
        ObjectNode object = JSON.createObjectNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.set(text(random), value(random, depth + 1));
        }
        return object;
    }

    /** Any characters, lone surrogates and controls among them. */
    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append((char) (random.nextInt(3) == 0 ? random.nextInt(0x10000) : 32 + random.nextInt(95)));
        }
        return text.toString();
    }

    private static <T> T pick(List<T> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }
}

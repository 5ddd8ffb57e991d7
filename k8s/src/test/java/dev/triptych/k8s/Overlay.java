package dev.triptych.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** One folder that can be applied, and the objects that {@code kubectl kustomize} makes of it. */
record Overlay(String folder) {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Map<String, List<JsonNode>> RENDERED = new ConcurrentHashMap<>();
    private static final long LIMIT_SECONDS = 60;

    /** The base and every overlay there is, so that a new one is held to the rules without being named here. */
    static List<Overlay> all() {
        try (Stream<Path> folders = Files.list(Path.of("overlays"))) {
            return Stream.concat(Stream.of(Path.of("base")), folders.sorted())
                    .map(folder -> new Overlay(folder.toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> objects() {
        return RENDERED.computeIfAbsent(folder, Overlay::render);
    }

    Stream<JsonNode> objects(String kind) {
        return objects().stream().filter(object -> object.path("kind").asText().equals(kind));
    }

    /** Each workload's name and pod template. */
    Map<String, JsonNode> pods() {
        Map<String, JsonNode> pods = new TreeMap<>();
        for (JsonNode object : objects()) {
            if (object.at("/spec/template/spec/containers").isArray()) {
                pods.put(name(object), object.at("/spec/template"));
            }
        }
        return pods;
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    private static List<JsonNode> render(String folder) {
        String version;
        try {
            version = output("kubectl", "version", "--client", "--output=json");
        } catch (IOException e) {
            return Assumptions.abort("kubectl is not installed");
        }
        Assumptions.assumeTrue(
                version.contains("kustomizeVersion"),
                "kubectl is older than 1.24 and its kustomize knows no components; Debian 12 has 1.20");
        try {
            return parse(output("kubectl", "kustomize", folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed, see its output above");
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static List<JsonNode> parse(String yaml) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        YAML.readerFor(JsonNode.class)
                .<JsonNode>readValues(YAML.getFactory().createParser(yaml))
                .forEachRemaining(objects::add);
        return objects;
    }

    @Override
    public String toString() {
        return folder;
    }
}

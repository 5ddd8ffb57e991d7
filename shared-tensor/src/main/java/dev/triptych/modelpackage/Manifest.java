package dev.triptych.modelpackage;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What {@code triptych.json} says of a model beyond the Hugging Face files. The schema is
 * {@code schemas/triptych.schema.json}.
 *
 * @param file the whole file
 * @param task what the model does, such as {@code translation} or {@code image-classification}
 * @param source language of the input, for translation
 * @param target language of the output, for translation
 * @param sha256 hexadecimal digests by file name, relative to the model's folder
 */
public record Manifest(
        ConfigFile file, String task, Optional<String> source, Optional<String> target, Map<String, String> sha256) {

    static final String FILE_NAME = "triptych.json";

    private static final Schema SCHEMA = loadSchema();

    /**
     * Reads and validates a manifest.
     *
     * @throws ModelPackageException naming every rule of the schema that is broken
     */
    static Manifest read(Path path) {
        ConfigFile file = ConfigFile.read(path);
        List<Error> errors = SCHEMA.validate(file.root());
        if (!errors.isEmpty()) {
            throw new ModelPackageException(path + " breaks its schema: "
                    + errors.stream()
                            .map(e -> e.getInstanceLocation() + " " + e.getMessage())
                            .collect(Collectors.joining("; ")));
        }
        return new Manifest(
                file,
                file.string("task").orElseThrow(),
                file.string("source"),
                file.string("target"),
                file.stringMap("sha256"));
    }

    /** Stems of a decoder's graphs, such as those of {@code autoregressive} under {@code fused}; empty where unsaid. */
    public List<String> graphs(String decoder, String kind) {
        return file.root()
                .path("decoders")
                .path(decoder)
                .path(kind)
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    /** A number that a decoder's entry has, such as {@code ctc}'s {@code upsampling}; empty where unsaid. */
    public OptionalInt integer(String decoder, String key) {
        JsonNode value = file.root().path("decoders").path(decoder).path(key);
        return value.isIntegralNumber() ? OptionalInt.of(value.intValue()) : OptionalInt.empty();
    }

    /** A text that a decoder's entry has, such as {@code ctc}'s {@code encoder}; empty where unsaid. */
    public Optional<String> text(String decoder, String key) {
        JsonNode value = file.root().path("decoders").path(decoder).path(key);
        return value.isString() ? Optional.of(value.asString()) : Optional.empty();
    }

    private static Schema loadSchema() {
        try (InputStream in = Manifest.class.getResourceAsStream("/schemas/triptych.schema.json")) {
            if (in == null) {
                throw new IllegalStateException("the schema of triptych.json is missing from the library");
            }
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(ConfigFile.JSON.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.triptych.modelpackage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One model's folder: its settings and graphs, found by the names of the Hugging Face ONNX layout (Optimum).
 *
 * <pre>
 *   NAME/config.json  generation_config.json  tokenizer.json  preprocessor_config.json  triptych.json
 *   NAME/onnx/STEM[_VARIANT].onnx      or beside the settings
 * </pre>
 *
 * @param name the folder's name, which is the model's id
 * @param directory the folder
 * @param config {@code config.json}
 * @param generationConfig {@code generation_config.json}, empty where there is none
 * @param manifest {@code triptych.json}, where there is one
 */
public record ModelPackage(
        String name, Path directory, ConfigFile config, ConfigFile generationConfig, Optional<Manifest> manifest) {

    /** Settles whether a folder is a model at all. */
    private static final String CONFIG = "config.json";

    private static final int VERSION_DIGITS = 12;

    /**
     * The model folders below {@code repository}, by name.
     *
     * @throws ModelPackageException if the repository is not a readable folder
     */
    public static List<Path> find(Path repository) {
        if (!Files.isDirectory(repository)) {
            throw new ModelPackageException("the model repository " + repository
                    + " is not a folder; set TRIPTYCH_MODELS to one whose sub-folders are models");
        }
        try (Stream<Path> children = Files.list(repository)) {
            return children.filter(child -> Files.isRegularFile(child.resolve(CONFIG)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ModelPackageException("the model repository " + repository + " cannot be listed", e);
        }
    }

    /**
     * Reads a model's settings and checks {@code triptych.json} against its schema.
     *
     * @throws ModelPackageException if a settings file is missing, malformed or breaks the schema
     */
    public static ModelPackage open(Path directory) {
        if (!Files.isRegularFile(directory.resolve(CONFIG))) {
            throw new ModelPackageException(directory + " holds no config.json");
        }
        Path manifest = directory.resolve(Manifest.FILE_NAME);
        return new ModelPackage(
                String.valueOf(directory.getFileName()),
                directory,
                ConfigFile.read(directory.resolve(CONFIG)),
                ConfigFile.read(directory.resolve("generation_config.json")),
                Files.exists(manifest) ? Optional.of(Manifest.read(manifest)) : Optional.empty());
    }

    /** {@code model_type} of {@code config.json}, or an empty string. */
    public String modelType() {
        return config.string("model_type").orElse("");
    }

    /** Reads another settings file of this model; a missing one counts as empty. */
    public ConfigFile settings(String fileName) {
        return ConfigFile.read(directory.resolve(fileName));
    }

    /** Reads a settings file of this model that holds a list of objects; a missing one counts as empty. */
    public List<ConfigFile> settingsList(String fileName) {
        return ConfigFile.readList(directory.resolve(fileName));
    }

    /** A file of this model, where it exists. */
    public Optional<Path> file(String fileName) {
        Path file = directory.resolve(fileName);
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /**
     * The graph of that stem, such as {@code encoder_model}, in {@code onnx/} or beside the settings.
     *
     * @param variants suffixes to try in order of preference; an empty one is the plain graph
     */
    public Optional<Path> graph(String stem, List<String> variants) {
        for (String variant : variants) {
            String fileName = stem + (variant.isEmpty() ? "" : "_" + variant) + ".onnx";
            Optional<Path> found = file("onnx/" + fileName).or(() -> file(fileName));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /**
     * Tells versions of a model apart: twelve hexadecimal digits over the names and contents of its files. Reads all of
     * them; hidden files and the model card do not count.
     *
     * @throws ModelPackageException if a file cannot be read
     */
    public String version() {
        StringBuilder all = new StringBuilder();
        FolderFingerprint.of(directory).files().keySet().stream()
                .filter(file -> !file.endsWith(".md"))
                .sorted()
                .forEach(file -> all.append(file)
                        .append(' ')
                        .append(Checksums.sha256(directory.resolve(file)))
                        .append('\n'));
        return Checksums.sha256(all.toString()).substring(0, VERSION_DIGITS);
    }

    /**
     * The files whose bytes differ from the digest in {@code triptych.json}, or that are missing; empty when all agree
     * or none is listed. Reads every listed file once.
     */
    public List<String> corruptFiles() {
        List<String> corrupt = new ArrayList<>();
        manifest.ifPresent(m -> m.sha256().forEach((fileName, digest) -> {
            Path file = directory.resolve(fileName);
            if (!Files.isRegularFile(file)) {
                corrupt.add(fileName + " is missing");
            } else {
                String actual = Checksums.sha256(file);
                if (!actual.equalsIgnoreCase(digest)) {
                    corrupt.add(fileName + " has SHA-256 " + actual + " instead of " + digest);
                }
            }
        }));
        return corrupt;
    }
}

package dev.triptych.vision.model;

import dev.triptych.modelpackage.Manifest;
import dev.triptych.modelpackage.ModelPackage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The tasks of this service: how their packages are told from others, and what their graphs give. */
public enum TaskKind {

    /** {@code logits [batch, labels]}. */
    CLASSIFICATION(
            "image-classification",
            Set.of("vit", "deit"),
            "\\w+ForImageClassification(WithTeacher)?",
            Map.of(VisionTask.LOGITS, 2),
            1),

    /** {@code logits [batch, queries, labels + 1]}, the last column meaning "nothing", and {@code pred_boxes [batch, queries, 4]}. */
    DETECTION(
            "object-detection",
            Set.of("yolos"),
            "\\w+ForObjectDetection",
            Map.of(VisionTask.LOGITS, 3, VisionTask.BOXES, 3),
            2),

    /** {@code logits [batch, labels, rows, columns]}. */
    SEGMENTATION(
            "image-segmentation", Set.of("segformer"), "\\w+ForSemanticSegmentation", Map.of(VisionTask.LOGITS, 4), 1);

    private final String id;
    private final Set<String> modelTypes;
    private final Pattern architecture;
    private final SortedMap<String, Integer> outputs;
    private final int labelAxis;

    /**
     * @param outputs ranks of the outputs by name
     * @param labelAxis of the logits
     */
    TaskKind(String id, Set<String> modelTypes, String architecture, Map<String, Integer> outputs, int labelAxis) {
        this.id = id;
        this.modelTypes = modelTypes;
        this.architecture = Pattern.compile(architecture);
        this.outputs = new TreeMap<>(outputs);
        this.labelAxis = labelAxis;
    }

    /** The task's name as Hugging Face writes it, such as {@code object-detection}. */
    public String id() {
        return id;
    }

    /** The names of the graph's outputs that answers are made of. */
    public Set<String> outputs() {
        return outputs.keySet();
    }

    /** Ranks of the outputs by name. */
    SortedMap<String, Integer> ranks() {
        return outputs;
    }

    int labelAxis() {
        return labelAxis;
    }

    /** Columns of the logits beside the labels'. */
    int spareColumns() {
        return this == DETECTION ? 1 : 0;
    }

    /** The package's task by its manifest or its architecture; empty for a model of another service. */
    static Optional<TaskKind> of(ModelPackage modelPackage) {
        Optional<String> declared = modelPackage.manifest().map(Manifest::task);
        List<String> architectures = modelPackage.config().strings("architectures");
        return Arrays.stream(values())
                .filter(kind -> declared.map(kind.id::equals)
                        .orElseGet(() -> architectures.stream()
                                .anyMatch(
                                        name -> kind.architecture.matcher(name).matches())))
                .findFirst();
    }

    /**
     * Refuses families whose preprocessing or graphs are not known to be reproduced.
     *
     * @throws ModelCheckException if the family is another
     */
    void checkFamily(ModelPackage modelPackage) {
        if (!modelTypes.contains(modelPackage.modelType())) {
            throw new ModelCheckException(
                    ModelCheck.SETTINGS,
                    "model_type must be one of " + modelTypes.stream().sorted().toList() + " for " + id + ", got '"
                            + modelPackage.modelType() + "'");
        }
    }
}

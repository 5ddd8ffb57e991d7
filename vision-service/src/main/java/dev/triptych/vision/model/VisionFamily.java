package dev.triptych.vision.model;

import dev.triptych.modelpackage.Manifest;
import dev.triptych.modelpackage.ModelPackage;
import java.util.Set;
import java.util.regex.Pattern;

/** Tells the vision models of a repository from those of other services. */
final class VisionFamily {

    static final String IMAGE_CLASSIFICATION = "image-classification";

    private static final Set<String> CLASSIFIER_TYPES = Set.of("vit", "deit");
    private static final Pattern CLASSIFIER_ARCHITECTURE = Pattern.compile("\\w+ForImageClassification(WithTeacher)?");

    private VisionFamily() {}

    /** Whether this service serves the model: a classifier of a known family, by its manifest or its architecture. */
    static boolean isClassifier(ModelPackage modelPackage) {
        String task = modelPackage.manifest().map(Manifest::task).orElse("");
        if (!task.isEmpty()) {
            return task.equals(IMAGE_CLASSIFICATION);
        }
        return CLASSIFIER_TYPES.contains(modelPackage.modelType())
                && modelPackage.config().strings("architectures").stream()
                        .anyMatch(name -> CLASSIFIER_ARCHITECTURE.matcher(name).matches());
    }

    /**
     * Refuses families whose preprocessing or graphs are not known to be reproduced.
     *
     * @throws ModelCheckException if the family is another
     */
    static void check(ModelPackage modelPackage) {
        if (!CLASSIFIER_TYPES.contains(modelPackage.modelType())) {
            throw new ModelCheckException(
                    ModelCheck.SETTINGS,
                    "model_type must be one of "
                            + CLASSIFIER_TYPES.stream().sorted().toList() + ", got '" + modelPackage.modelType() + "'");
        }
    }
}

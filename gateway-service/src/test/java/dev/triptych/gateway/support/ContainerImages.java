package dev.triptych.gateway.support;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/** The images of what the gateway talks to: those that {@code .ci/images} made, where there are some, else the public. */
public final class ContainerImages {

    private ContainerImages() {}

    /** Leaves a class out, and says so, where no container engine answers. */
    public static final class EngineRequired implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return DockerClientFactory.instance().isDockerAvailable()
                    ? ConditionEvaluationResult.enabled("a container engine answers")
                    : ConditionEvaluationResult.disabled("left out: no container engine is reachable");
        }
    }

    public static DockerImageName kafka() {
        return image("triptych-local/kafka", "apache/kafka", "4.2.1");
    }

    public static DockerImageName postgresql() {
        return image("triptych-local/postgres", "postgres", "17");
    }

    private static DockerImageName image(String local, String name, String tag) {
        boolean made = !DockerClientFactory.lazyClient()
                .listImagesCmd()
                .withImageNameFilter(local)
                .exec()
                .isEmpty();
        return made
                ? DockerImageName.parse(local).asCompatibleSubstituteFor(name)
                : DockerImageName.parse(name).withTag(tag);
    }
}

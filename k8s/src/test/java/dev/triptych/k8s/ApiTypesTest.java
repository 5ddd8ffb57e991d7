package dev.triptych.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The strictness that {@link ManifestsTest} stands on. */
class ApiTypesTest {

    private static final String SOUND = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, "
            + "spec: {replicas: 1, template: {spec: {containers: [{name: c, env: [{name: A, value: '1'}]}]}}}}";

    @Test
    void aSoundObjectPasses() throws IOException {
        assertThat(ApiTypes.faults(Overlay.parse(SOUND).getFirst())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "value: '1' | value: 1",
                "value: '1' | value: true",
                "replicas: 1 | replicas: '1'",
                "replicas: 1 | replica: 1",
                "name: c, | name: c, imagePullPolcy: Always,",
                "metadata: {name: a} | metadata: {name: a, labels: {x: 5}}",
                "kind: Deployment | kind: Deploymint",
            })
    void aFaultIsFound(String change) throws IOException {
        String[] parts = change.split(" \\| ");
        String faulty = SOUND.replace(parts[0], parts[1]);
        assertThat(faulty).isNotEqualTo(SOUND);
        assertThat(ApiTypes.faults(Overlay.parse(faulty).getFirst())).hasSize(1);
    }

    @Test
    void aCustomObjectMayHaveOnlyFieldsOfItsSchema() throws IOException {
        String topic = "{apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaTopic, metadata: {name: t, labels: "
                + "{strimzi.io/cluster: kafka}}, spec: {partitions: 6, replicas: 3}}";
        assertThat(ApiTypes.faults(Overlay.parse(topic).getFirst())).isEmpty();
        assertThat(ApiTypes.faults(
                        Overlay.parse(topic.replace("partitions", "partition")).getFirst()))
                .isNotEmpty();
        assertThat(ApiTypes.faults(Overlay.parse(topic.replace("replicas: 3", "replicas: '3'"))
                        .getFirst()))
                .isNotEmpty();
    }
}

package dev.triptych.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for everything that can be applied. */
class ManifestsTest {

    /** Seconds between a service's saying that it is not ready and its closing the doors, triptych.drain-delay. */
    private static final int DRAIN_DELAY = 2;

    private static final List<String> PROBES = List.of("startupProbe", "readinessProbe", "livenessProbe");

    static List<Overlay> overlays() {
        return Overlay.all();
    }

    @Test
    void theOverlaysAreThere() {
        assertThat(overlays())
                .extracting(Overlay::folder)
                .contains("base", "overlays/cpu", "overlays/gpu", "overlays/local");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyObjectHasTheFormOfItsType(Overlay overlay) {
        assertThat(overlay.objects())
                .isNotEmpty()
                .allSatisfy(object -> assertThat(ApiTypes.faults(object))
                        .as("%s %s", object.path("kind").asText(), Overlay.name(object))
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyPodSatisfiesTheRestrictedProfile(Overlay overlay) {
        assertThat(overlay.pods()).hasSizeGreaterThanOrEqualTo(3).allSatisfy((name, pod) -> {
            assertThat(PodSecurity.faults(pod)).isEmpty();
            assertThat(pod.at("/spec/automountServiceAccountToken").asBoolean(true))
                    .as("token of the API server")
                    .isFalse();
        });
        assertThat(ours(overlay))
                .allSatisfy(
                        (name, pod) -> assertThat(pod.at("/spec/containers/0/securityContext/readOnlyRootFilesystem")
                                        .asBoolean())
                                .isTrue());
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyReferenceLeadsSomewhere(Overlay overlay) {
        assertThat(References.faults(overlay)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void secretsAreNamedAndNotWritten(Overlay overlay) {
        assertThat(overlay.objects("Secret")).isEmpty();
        assertThat(overlay.pods().values()).allSatisfy(pod -> {
            for (JsonNode variable : pod.at("/spec/containers/0/env")) {
                if (variable.path("name").asText().matches(".*(KEY|PASSWORD|JAAS).*")) {
                    assertThat(variable.has("value")).isFalse();
                    assertThat(variable.at("/valueFrom/secretKeyRef/name").asText())
                            .isNotEmpty();
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyPodSaysWhatItNeedsAndHowItIs(Overlay overlay) {
        assertThat(overlay.pods()).allSatisfy((name, pod) -> {
            JsonNode container = pod.at("/spec/containers/0");
            assertThat(PROBES).allMatch(container::has);
            Quantity asked =
                    Quantity.parse(container.at("/resources/requests/memory").asText());
            Quantity most =
                    Quantity.parse(container.at("/resources/limits/memory").asText());
            assertThat(asked.getNumericalAmount()).isLessThanOrEqualTo(most.getNumericalAmount());
            assertThat(container.at("/resources/requests/cpu").asText()).isNotEmpty();
            // A throttled engine thread misses its beat: processors are asked for, never capped.
            assertThat(container.at("/resources/limits/cpu").isMissingNode()).isTrue();
        });
        assertThat(ours(overlay)).allSatisfy((name, pod) -> {
            JsonNode container = pod.at("/spec/containers/0");
            assertThat(container.at("/readinessProbe/httpGet/path").asText()).endsWith("/readiness");
            assertThat(container.at("/livenessProbe/httpGet/path").asText()).endsWith("/liveness");
            assertThat(container.at("/startupProbe/failureThreshold").asInt()
                            * container.at("/startupProbe/periodSeconds").asInt())
                    .as("seconds to start in")
                    .isGreaterThanOrEqualTo(120);
            assertThat(pod.at("/spec/topologySpreadConstraints")).hasSize(2);
        });
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void whatIsRunningFinishesWithinTheGracePeriod(Overlay overlay) throws IOException {
        for (Map.Entry<String, JsonNode> pod : ours(overlay).entrySet()) {
            JsonNode spec = pod.getValue().path("spec");
            String service = spec.at("/containers/0/image").asText().replaceAll(".*/|-cuda|:.*", "");
            int preStop =
                    spec.at("/containers/0/lifecycle/preStop/sleep/seconds").asInt();
            assertThat(preStop + DRAIN_DELAY + drainSeconds(service))
                    .as("seconds that %s may take to stop", pod.getKey())
                    .isLessThan(spec.path("terminationGracePeriodSeconds").asInt());
            if (pod.getKey().endsWith("-service")) {
                assertThat(preStop).as("seconds until no new requests come").isPositive();
            }
        }
    }

    private static int drainSeconds(String service) throws IOException {
        Path settings = Path.of("..", service, "src/main/resources/application.yml");
        JsonNode root = new ObjectMapper(new YAMLFactory()).readTree(Files.readString(settings));
        return Integer.parseInt(
                root.at("/spring/lifecycle/timeout-per-shutdown-phase").asText().replace("s", ""));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void onlyTheGatewayIsReachable(Overlay overlay) {
        assertThat(reached(overlay, "Ingress", "ingress", rule -> !rule.has("from")))
                .containsExactly("gateway-service");
        Set<String> services = reached(
                overlay,
                "Ingress",
                "ingress",
                rule -> rule.at("/from/0/podSelector/matchLabels/app.kubernetes.io~1name")
                        .asText()
                        .equals("gateway-service"));
        assertThat(services).containsExactly("text-service", "vision-service");
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void theGatewayIsReachedByHttpAndGrpcAndReachesEachPodOfAServiceByItself(Overlay overlay) {
        Map<String, JsonNode> services =
                overlay.objects("Service").collect(Collectors.toMap(Overlay::name, service -> service));
        assertThat(services.get("gateway-service").at("/spec/ports"))
                .extracting(port -> port.path("targetPort").asText())
                .containsExactly("http", "grpc");
        assertThat(overlay.objects("NetworkPolicy")
                        .filter(policy -> Overlay.name(policy).equals("gateway-service"))
                        .flatMap(policy -> policy.at("/spec/ingress/0/ports").valueStream()))
                .extracting(port -> port.path("port").asText())
                .containsExactly("http", "grpc");
        for (String name : List.of("text-service", "vision-service")) {
            assertThat(services.get(name).at("/spec/clusterIP").asText()).isEqualTo("None");
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyPodIsClosedByDefault(Overlay overlay) {
        List<JsonNode> closing = overlay.objects("NetworkPolicy")
                .filter(policy -> !policy.path("spec").has("ingress")
                        && !policy.path("spec").has("egress")
                        && policy.at("/spec/policyTypes").size() == 2)
                .toList();
        assertThat(overlay.pods().values())
                .allMatch(pod -> closing.stream()
                        .anyMatch(policy ->
                                References.selects(policy.at("/spec/podSelector"), pod.at("/metadata/labels"))));
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void onlyTheGatewayAndTheWorkersReachKafka(Overlay overlay) {
        boolean apart = overlay.pods().containsKey("text-worker");
        assertThat(reached(overlay, "Egress", "egress", rule -> opens(rule, 9092)))
                .containsExactlyInAnyOrder(
                        "gateway-service",
                        apart ? "text-worker" : "text-service",
                        apart ? "vision-worker" : "vision-service");
        for (JsonNode deployment : overlay.objects("Deployment").toList()) {
            boolean off = deployment
                    .at("/spec/template/spec/containers/0/env")
                    .toString()
                    .contains("KAFKA_ENABLED");
            String name = Overlay.name(deployment);
            assertThat(off)
                    .as("%s works on jobs", name)
                    .isEqualTo(apart && !name.equals("gateway-service") && name.endsWith("-service"));
        }
    }

    @Test
    void batchWorkersStopWhenThereIsNothingToDo() {
        List<JsonNode> scaled =
                new Overlay("overlays/cpu").objects("ScaledObject").toList();
        assertThat(scaled).hasSize(2).allSatisfy(object -> {
            assertThat(object.at("/spec/minReplicaCount").asInt(-1)).isZero();
            String topic = object.at("/spec/triggers/0/metadata/topic").asText();
            assertThat(topic).isEqualTo("triptych." + Overlay.name(object).replace("-worker", "") + ".requests");
        });
    }

    @Test
    void onDevicesEachGraphHasOne() {
        Overlay gpu = new Overlay("overlays/gpu");
        Map<String, JsonNode> graphs = ours(gpu);
        graphs.remove("gateway-service");
        assertThat(graphs).hasSize(4).allSatisfy((name, pod) -> {
            JsonNode container = pod.at("/spec/containers/0");
            assertThat(container.path("image").asText()).contains("-service-cuda:");
            assertThat(container.at("/resources/limits/nvidia.com~1gpu").asText())
                    .isEqualTo("1");
            assertThat(pod.at("/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution")
                            .isObject())
                    .isTrue();
        });
    }

    private static Map<String, JsonNode> ours(Overlay overlay) {
        Map<String, JsonNode> pods = overlay.pods();
        pods.keySet().removeIf(name -> !name.matches("(gateway|text|vision)-(service|worker)"));
        return pods;
    }

    /** The workloads for which a policy of the given type has such a rule. */
    private static Set<String> reached(Overlay overlay, String type, String field, Predicate<JsonNode> rule) {
        Set<String> names = new TreeSet<>();
        overlay.objects("NetworkPolicy")
                .filter(policy -> policy.at("/spec/policyTypes").toString().contains(type))
                .filter(policy -> policy.at("/spec/" + field).valueStream().anyMatch(rule))
                .forEach(policy -> names.addAll(overlay.pods().entrySet().stream()
                        .filter(pod -> References.selects(
                                policy.at("/spec/podSelector"), pod.getValue().at("/metadata/labels")))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet())));
        return names;
    }

    private static boolean opens(JsonNode rule, int port) {
        return rule.path("ports").valueStream().anyMatch(one -> one.path("port").asInt() == port);
    }
}

package dev.triptych.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What in a rendered overlay names something that is not there: a server would accept it, and nothing would work. */
final class References {

    private final Overlay overlay;
    private final List<String> faults = new ArrayList<>();

    private References(Overlay overlay) {
        this.overlay = overlay;
    }

    static List<String> faults(Overlay overlay) {
        References references = new References(overlay);
        references.services();
        references.disruptionBudgets();
        references.scalers();
        references.podsNeeds();
        references.policies();
        return references.faults;
    }

    /** Whether labels satisfy a label selector of {@code matchLabels} and {@code matchExpressions} with {@code In}. */
    static boolean selects(JsonNode selector, JsonNode labels) {
        boolean all = selector.path("matchLabels").properties().stream()
                .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()));
        for (JsonNode expression : selector.path("matchExpressions")) {
            String value = labels.path(expression.path("key").asText()).asText();
            all &= expression.path("operator").asText().equals("In")
                    && stream(expression.path("values")).anyMatch(allowed -> allowed.equals(value));
        }
        return all;
    }

    /** The pod templates that a selector selects. */
    static List<JsonNode> selected(Overlay overlay, JsonNode selector) {
        return overlay.pods().values().stream()
                .filter(pod -> selects(selector, pod.at("/metadata/labels")))
                .toList();
    }

    private void services() {
        overlay.objects("Service").forEach(service -> {
            List<JsonNode> pods = overlay.pods().values().stream()
                    .filter(pod -> service.at("/spec/selector").properties().stream()
                            .allMatch(label -> pod.at("/metadata/labels")
                                    .path(label.getKey())
                                    .equals(label.getValue())))
                    .toList();
            check(pods.size() == 1, service, "selects the pods of " + pods.size() + " workloads");
            for (JsonNode port : service.at("/spec/ports")) {
                String target = port.path("targetPort").asText();
                check(pods.stream().allMatch(pod -> hasPort(pod, target)), service, "has no target port " + target);
            }
        });
    }

    private void disruptionBudgets() {
        overlay.objects("PodDisruptionBudget")
                .forEach(budget -> check(
                        selected(overlay, budget.at("/spec/selector")).size() == 1, budget, "guards no workload"));
    }

    private void scalers() {
        Set<String> deployments = names("Deployment");
        for (String kind : List.of("HorizontalPodAutoscaler", "ScaledObject")) {
            overlay.objects(kind).forEach(scaler -> {
                String target = scaler.at("/spec/scaleTargetRef/name").asText();
                check(deployments.contains(target), scaler, "scales " + target + ", which is not there");
                overlay.objects("Deployment")
                        .filter(deployment -> Overlay.name(deployment).equals(target))
                        .forEach(deployment -> check(
                                !deployment.path("spec").has("replicas"),
                                scaler,
                                "is undone by the replicas of " + target + " whenever the manifests are applied"));
            });
        }
    }

    private void podsNeeds() {
        Set<String> accounts = names("ServiceAccount");
        Set<String> maps = names("ConfigMap");
        Set<String> claims = names("PersistentVolumeClaim");
        overlay.pods().forEach((name, pod) -> {
            JsonNode spec = pod.path("spec");
            check(accounts.contains(spec.path("serviceAccountName").asText()), name, "has no service account");
            for (JsonNode volume : spec.path("volumes")) {
                JsonNode claim = volume.at("/persistentVolumeClaim/claimName");
                check(claim.isMissingNode() || claims.contains(claim.asText()), name, "claims " + claim);
            }
            Set<String> volumes = values(spec.path("volumes"), "name");
            for (JsonNode container : spec.path("containers")) {
                for (JsonNode source : container.path("envFrom")) {
                    String map = source.at("/configMapRef/name").asText();
                    check(maps.contains(map), name, "reads the ConfigMap " + map + ", which is not there");
                }
                if (overlay.objects("StatefulSet")
                        .noneMatch(set -> Overlay.name(set).equals(name))) {
                    Set<String> mounts = values(container.path("volumeMounts"), "name");
                    check(volumes.equals(mounts), name, "mounts " + mounts + " of the volumes " + volumes);
                }
                for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
                    String port = container.at("/" + probe).findPath("port").asText();
                    check(hasPort(pod, port), name, "has a " + probe + " on port " + port);
                }
            }
        });
    }

    private void policies() {
        overlay.objects("NetworkPolicy").forEach(policy -> {
            List<JsonNode> pods = selected(overlay, policy.at("/spec/podSelector"));
            check(!pods.isEmpty(), policy, "selects no pod");
            for (JsonNode rule : policy.at("/spec/ingress")) {
                for (JsonNode port : rule.path("ports")) {
                    String name = port.path("port").asText();
                    check(pods.stream().anyMatch(pod -> hasPort(pod, name)), policy, "opens no pod's port " + name);
                }
            }
        });
    }

    private Set<String> names(String kind) {
        return overlay.objects(kind).map(Overlay::name).collect(Collectors.toSet());
    }

    private static boolean hasPort(JsonNode pod, String name) {
        return values(pod.at("/spec/containers/0/ports"), "name").contains(name);
    }

    private static Set<String> values(JsonNode list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(one -> one.path(field).asText())
                .collect(Collectors.toSet());
    }

    private static Stream<String> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText);
    }

    private void check(boolean holds, JsonNode object, String fault) {
        check(holds, object.path("kind").asText() + " " + Overlay.name(object), fault);
    }

    private void check(boolean holds, String who, String fault) {
        if (!holds) {
            faults.add(who + " " + fault);
        }
    }
}

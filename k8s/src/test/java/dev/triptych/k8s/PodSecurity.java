package dev.triptych.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The pod security standard <em>restricted</em> (which includes <em>baseline</em>), as far as a pod without Windows can
 * break it, and what we ask beyond it. Source: Kubernetes documentation, "Pod Security Standards", 1.30.
 */
final class PodSecurity {

    private static final Set<String> VOLUMES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");
    private static final Set<String> SYSCTLS = Set.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes");
    private static final Set<String> SECCOMP = Set.of("RuntimeDefault", "Localhost");

    private PodSecurity() {}

    /** @param template a workload's {@code spec.template} */
    static List<String> faults(JsonNode template) {
        JsonNode pod = template.path("spec");
        List<String> faults = new ArrayList<>();
        for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
            check(!pod.path(host).asBoolean(), host + " is set", faults);
        }
        pod.path("volumes")
                .forEach(volume -> volume.fieldNames()
                        .forEachRemaining(field -> check(
                                field.equals("name") || VOLUMES.contains(field), "volume of kind " + field, faults)));
        pod.at("/securityContext/sysctls")
                .forEach(sysctl ->
                        check(SYSCTLS.contains(sysctl.path("name").asText()), "sysctl " + sysctl.path("name"), faults));
        check(!pod.has("ephemeralContainers"), "ephemeral containers", faults);
        for (String kind : List.of("initContainers", "containers")) {
            pod.path(kind).forEach(container -> container(pod.path("securityContext"), container, faults));
        }
        return faults;
    }

    private static void container(JsonNode podContext, JsonNode container, List<String> faults) {
        JsonNode context = container.path("securityContext");
        String name = container.path("name").asText() + ": ";
        check(!context.path("privileged").asBoolean(), name + "privileged", faults);
        check(
                context.path("allowPrivilegeEscalation").isBoolean()
                        && !context.path("allowPrivilegeEscalation").asBoolean(),
                name + "allowPrivilegeEscalation is not false",
                faults);
        check(contains(context.at("/capabilities/drop"), "ALL"), name + "does not drop ALL capabilities", faults);
        context.at("/capabilities/add")
                .forEach(added ->
                        check(added.asText().equals("NET_BIND_SERVICE"), name + "adds capability " + added, faults));
        check(inherited(podContext, context, "runAsNonRoot").asBoolean(), name + "runAsNonRoot is not true", faults);
        check(inherited(podContext, context, "runAsUser").asInt(-1) != 0, name + "runs as user 0", faults);
        check(
                SECCOMP.contains(inherited(podContext, context, "seccompProfile")
                        .path("type")
                        .asText()),
                name + "has no seccomp profile",
                faults);
        String procMount = context.path("procMount").asText("Default");
        check(procMount.equals("Default"), name + "procMount " + procMount, faults);
        container
                .path("ports")
                .forEach(port -> check(port.path("hostPort").asInt() == 0, name + "binds a port of the host", faults));
    }

    private static JsonNode inherited(JsonNode podContext, JsonNode context, String field) {
        return context.has(field) ? context.path(field) : podContext.path(field);
    }

    private static boolean contains(JsonNode list, String value) {
        for (JsonNode one : list) {
            if (one.asText().equals(value)) {
                return true;
            }
        }
        return false;
    }

    private static void check(boolean holds, String fault, List<String> faults) {
        if (!holds) {
            faults.add(fault);
        }
    }
}

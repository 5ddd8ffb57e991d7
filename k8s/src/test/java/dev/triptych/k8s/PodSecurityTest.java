package dev.triptych.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pod that satisfies the profile, and each way to break it once. */
class PodSecurityTest {

    private static final String SOUND = """
            spec:
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}, sysctls: []}
              containers:
                - name: c
                  securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: []}}
                  ports: [{containerPort: 80}]
              volumes: [{name: tmp, emptyDir: {}}]
            """;

    @Test
    void theSoundPodHasNoFault() throws IOException {
        assertThat(PodSecurity.faults(Overlay.parse(SOUND).getFirst())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /spec | hostNetwork | true | hostNetwork is set
            /spec | hostPID | true | hostPID is set
            /spec | hostIPC | true | hostIPC is set
            /spec/volumes/0 | hostPath | {} | volume of kind hostPath
            /spec/securityContext | sysctls | [{"name":"kernel.msgmax","value":"1"}] | sysctl
            /spec/securityContext | runAsNonRoot | false | runAsNonRoot is not true
            /spec/securityContext | runAsUser | 0 | runs as user 0
            /spec/securityContext | seccompProfile | {"type":"Unconfined"} | no seccomp profile
            /spec/containers/0/securityContext | privileged | true | privileged
            /spec/containers/0/securityContext | allowPrivilegeEscalation | true | allowPrivilegeEscalation
            /spec/containers/0/securityContext | allowPrivilegeEscalation | | allowPrivilegeEscalation
            /spec/containers/0/securityContext | runAsNonRoot | false | runAsNonRoot is not true
            /spec/containers/0/securityContext | procMount | "Unmasked" | procMount
            /spec/containers/0/securityContext/capabilities | drop | ["NET_RAW"] | does not drop ALL
            /spec/containers/0/securityContext/capabilities | add | ["SYS_ADMIN"] | adds capability
            /spec/containers/0/ports/0 | hostPort | 80 | port of the host
            /spec | ephemeralContainers | [] | ephemeral
            """)
    void eachBreakIsFound(String at, String field, String json, String fault) throws IOException {
        JsonNode pod = Overlay.parse(SOUND).getFirst();
        ObjectNode parent = (ObjectNode) pod.at(at);
        if (json == null) {
            parent.remove(field);
        } else {
            parent.set(field, new ObjectMapper().readTree(json));
        }
        assertThat(PodSecurity.faults(pod)).singleElement().asString().contains(fault);
    }

    @Test
    void initContainersAreHeldToItToo() throws IOException {
        JsonNode pod = Overlay.parse(SOUND).getFirst();
        ObjectNode bare = ((ArrayNode) ((ObjectNode) pod.at("/spec")).putArray("initContainers")).addObject();
        bare.put("name", "first");
        assertThat(PodSecurity.faults(pod)).hasSize(2).allMatch(fault -> fault.startsWith("first: "));
    }
}

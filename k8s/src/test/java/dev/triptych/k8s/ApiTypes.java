package dev.triptych.k8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is wrong with an object's form: a field that its type does not have, a value of the wrong type (a number where
 * the API wants a string is refused by a server too), a kind that is not known. Built-in kinds are read into fabric8's
 * models, custom ones are held against the schemas below {@code crd/}, which allow only the fields we use.
 */
final class ApiTypes {

    private static final Map<String, Class<?>> BUILT_IN = Map.ofEntries(
            Map.entry("v1/Namespace", Namespace.class),
            Map.entry("v1/ServiceAccount", ServiceAccount.class),
            Map.entry("v1/ConfigMap", ConfigMap.class),
            Map.entry("v1/Service", Service.class),
            Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
            Map.entry("apps/v1/Deployment", Deployment.class),
            Map.entry("apps/v1/StatefulSet", StatefulSet.class),
            Map.entry("autoscaling/v2/HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
            Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class));

    private static final Set<String> CUSTOM = Set.of(
            "keda.sh/v1alpha1/ScaledObject",
            "keda.sh/v1alpha1/TriggerAuthentication",
            "monitoring.coreos.com/v1/ServiceMonitor",
            "monitoring.coreos.com/v1/PrometheusRule",
            "kafka.strimzi.io/v1beta2/KafkaTopic",
            "kafka.strimzi.io/v1beta2/KafkaUser");

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    textual -> textual.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private ApiTypes() {}

    static List<String> faults(JsonNode object) {
        String type =
                object.path("apiVersion").asText() + "/" + object.path("kind").asText();
        Class<?> model = BUILT_IN.get(type);
        if (model != null) {
            return builtIn(object, model);
        }
        return CUSTOM.contains(type) ? custom(object) : List.of("no kind is known here as " + type);
    }

    private static List<String> builtIn(JsonNode object, Class<?> model) {
        Object value;
        try {
            value = STRICT.treeToValue(object, model);
        } catch (JsonProcessingException e) {
            return List.of(e.getOriginalMessage());
        }
        List<String> faults = new ArrayList<>();
        unknownFields(value, model.getSimpleName(), new IdentityHashMap<>(), faults);
        return faults;
    }

    private static void unknownFields(Object value, String path, Map<Object, Object> seen, List<String> faults) {
        if (value instanceof Collection<?> values) {
            values.forEach(one -> unknownFields(one, path + "[]", seen, faults));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(one -> unknownFields(one, path + "{}", seen, faults));
        } else if (value != null
                && value.getClass().getPackageName().startsWith("io.fabric8")
                && seen.put(value, path) == null) {
            for (Method getter : value.getClass().getMethods()) {
                if (getter.getParameterCount() > 0 || !getter.getName().startsWith("get")) {
                    continue;
                }
                Object field = read(getter, value);
                if (!getter.getName().equals("getAdditionalProperties")) {
                    unknownFields(field, path + "." + getter.getName().substring(3), seen, faults);
                } else if (field instanceof Map<?, ?> unknown) {
                    unknown.keySet().forEach(name -> faults.add(path + " has no field " + name));
                }
            }
        }
    }

    private static Object read(Method getter, Object value) {
        try {
            return getter.invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(getter.toString(), e);
        }
    }

    private static List<String> custom(JsonNode object) {
        String file = "/crd/" + object.path("kind").asText() + ".json";
        try (InputStream in = ApiTypes.class.getResourceAsStream(file)) {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(in);
            return schema.validate(object.toString(), InputFormat.JSON).stream()
                    .map(Object::toString)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.triptych.local.settings;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ports of the suite, from {@code TRIPTYCH_*} in the environment.
 *
 * @param gatewayPort where clients go
 * @param textPort text-service
 * @param visionPort vision-service
 * @param kafkaPort the broker's clients; its controller listens on the port after it
 */
public record SuiteSettings(int gatewayPort, int textPort, int visionPort, int kafkaPort) {

    /** Management endpoints are this far above a service's own port. */
    private static final int MANAGEMENT_OFFSET = 1000;

    /** @throws SettingsException if a port is not a number, out of range, or used twice */
    public static SuiteSettings from(Map<String, String> environment) {
        SuiteSettings settings = new SuiteSettings(
                port(environment, "TRIPTYCH_GATEWAY_PORT", 8080),
                port(environment, "TRIPTYCH_TEXT_PORT", 8081),
                port(environment, "TRIPTYCH_VISION_PORT", 8082),
                port(environment, "TRIPTYCH_KAFKA_PORT", 9092));
        settings.requireDistinctPorts();
        return settings;
    }

    public static int managementPort(int port) {
        return port + MANAGEMENT_OFFSET;
    }

    public int controllerPort() {
        return kafkaPort + 1;
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    private void requireDistinctPorts() {
        int[] ports = {
            gatewayPort,
            managementPort(gatewayPort),
            textPort,
            managementPort(textPort),
            visionPort,
            managementPort(visionPort),
            kafkaPort,
            controllerPort()
        };
        for (int i = 0; i < ports.length; i++) {
            for (int j = i + 1; j < ports.length; j++) {
                if (ports[i] == ports[j]) {
                    throw new SettingsException("port " + ports[i]
                            + " is needed twice: each service takes its own port and that port + 1000,"
                            + " Kafka its own and the next; check TRIPTYCH_*_PORT");
                }
            }
        }
    }

    private static int port(Map<String, String> environment, String name, int defaultPort) {
        @Nullable String value = environment.get(name);
        if (value == null || value.isBlank()) {
            return defaultPort;
        }
        int port;
        try {
            port = Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new SettingsException(name + " must be a port number, not \"" + value + "\"", e);
        }
        int highest = 65535 - MANAGEMENT_OFFSET;
        if (port < 1 || port > highest) {
            throw new SettingsException(name + " must be between 1 and " + highest
                    + " (the management port is 1000 above it), not " + port);
        }
        return port;
    }
}

package dev.triptych.vision.config;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Puts the management endpoints on the service's port + 1000 unless a port of their own is set. */
public final class ManagementPort implements EnvironmentPostProcessor, Ordered {

    private static final String MANAGEMENT_PORT = "management.server.port";
    private static final int OFFSET = 1000;

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Integer port = environment.getProperty("server.port", Integer.class);
        if (port == null || environment.containsProperty(MANAGEMENT_PORT)) {
            return;
        }
        // Port 0 means any free one, for both.
        int management = port == 0 ? 0 : port + OFFSET;
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("managementPort", Map.of(MANAGEMENT_PORT, management)));
    }

    /** After the configuration files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}

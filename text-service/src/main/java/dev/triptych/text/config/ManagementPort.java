package dev.triptych.text.config;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Puts the management endpoints on the service's port and 1000, wherever that is, unless they are put elsewhere. */
public final class ManagementPort implements EnvironmentPostProcessor {

    private static final String PORT = "management.server.port";
    private static final int DISTANCE = 1000;

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        int port = environment.getProperty("server.port", Integer.class, 8080);
        if (!environment.containsProperty(PORT) && port > 0) {
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource("managementPort", Map.of(PORT, port + DISTANCE)));
        }
    }
}

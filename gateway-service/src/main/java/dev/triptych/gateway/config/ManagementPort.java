package dev.triptych.gateway.config;

import java.net.URI;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The suite's rule for management ports: the serving port + 1000, wherever that was set. Placeholders cannot add, so the
 * rule is applied to the environment, below every explicit setting.
 */
final class ManagementPort implements EnvironmentPostProcessor, Ordered {

    static final int OFFSET = 1000;

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        int port = environment.getProperty("server.port", Integer.class, 8080);
        Integer explicit = environment.getProperty("management.server.port", Integer.class);
        if (port != 0 && explicit != null && explicit == port) {
            throw new IllegalStateException("management.server.port must not be the public port, got " + port
                    + " for both: whoever reaches it reads metrics and health without a key");
        }
        // Port 0 asks for any free port, and so does its companion.
        int management = port == 0 ? 0 : port + OFFSET;
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("managementPort", Map.of("management.server.port", management)));
    }

    /** After the configuration files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    /** Where a service at {@code url} has its probes unless told otherwise. */
    static URI companionOf(URI url) {
        int port = url.getPort() != -1 ? url.getPort() : "https".equals(url.getScheme()) ? 443 : 80;
        return UriComponentsBuilder.fromUri(url)
                .port(port + OFFSET)
                .replacePath(null)
                .build()
                .toUri();
    }
}

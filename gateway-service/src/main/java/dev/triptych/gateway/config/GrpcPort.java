package dev.triptych.gateway.config;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Where gRPC is served: at {@code TRIPTYCH_GRPC_PORT}, or else at the serving port + 3, after those of text-service and
 * vision-service.
 */
final class GrpcPort implements EnvironmentPostProcessor, Ordered {

    static final int OFFSET = 3;

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        int port = environment.getProperty("server.port", Integer.class, 8080);
        // Port 0 asks for any free port, and so does its companion.
        int grpc = environment.getProperty("TRIPTYCH_GRPC_PORT", Integer.class, port == 0 ? 0 : port + OFFSET);
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("grpcPort", Map.of("spring.grpc.server.port", grpc)));
    }

    /** After the configuration files have been read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}

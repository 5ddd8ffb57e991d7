package dev.triptych.text.config;

import dev.triptych.worker.drain.Draining;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires how the service leaves. */
@Configuration(proxyBeanMethods = false)
class DrainConfiguration {

    @Bean
    Draining draining(DrainProperties properties) {
        return new Draining(properties.drainDelay());
    }
}

package dev.triptych.text.config;

import dev.triptych.text.runtime.MemoryBudget;
import dev.triptych.text.runtime.ModelRegistry;
import dev.triptych.text.runtime.TimeSource;
import dev.triptych.text.telemetry.EngineTraces;
import dev.triptych.text.telemetry.MeteredListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the models and their engine loops. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EngineProperties.class)
public class EngineConfiguration {

    /** Opening a graph keeps one core busy, trying it all of them. */
    private static final int MODELS_AT_ONCE = 4;

    /** The models of the repository; {@link #modelLoader} loads them. */
    @Bean(destroyMethod = "close")
    public ModelRegistry textModels(EngineProperties properties, MeterRegistry meters, ObjectProvider<Tracer> tracer) {
        Tracer spans = tracer.getIfAvailable();
        EngineAssembly assembly = new EngineAssembly(
                properties,
                properties.engine().sessions(),
                TimeSource.system(),
                MeteredListener.perModel(meters, spans == null ? EngineTraces.NONE : EngineTraces.of(spans)));
        Gauge.builder("triptych.models.memory", assembly.memory(), MemoryBudget::heldBytes)
                .description("Memory set aside for graphs and caches of all models")
                .baseUnit("bytes")
                .register(meters);
        return assembly.registry();
    }

    /** Loads in the background, beside the rest of the start: HTTP can tell how far loading is. */
    @Bean(initMethod = "start", destroyMethod = "close")
    public ModelLoader modelLoader(ModelRegistry models, EngineProperties properties) {
        // In turn where memory is bounded: which model finds no room must not be left to chance.
        int atOnce = properties.memory().toBytes() > 0
                ? 1
                : Math.min(MODELS_AT_ONCE, Runtime.getRuntime().availableProcessors());
        return new ModelLoader(models, properties.models(), properties.watch(), atOnce);
    }

    /** Drains before HTTP is gone. */
    @Bean
    public SmartLifecycle engineLifecycle(ModelRegistry models, ModelLoader loader, EngineProperties properties) {
        return new EngineLifecycle(models, loader, properties.limits().drain());
    }
}

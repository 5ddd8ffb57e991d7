package dev.triptych.text.config;

import dev.triptych.inference.InferenceQueue;
import dev.triptych.text.api.AdminKey;
import dev.triptych.text.api.ApiJson;
import dev.triptych.text.api.ApiLimits;
import dev.triptych.text.runtime.TextModels;
import dev.triptych.text.translation.DelayedTasks;
import dev.triptych.text.translation.TranslationModels;
import dev.triptych.text.translation.Translator;
import dev.triptych.text.translation.detection.LanguageDetection;
import io.micrometer.tracing.CurrentTraceContext;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Wires the HTTP door and the translator that both doors share. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WebProperties.class, AdminProperties.class})
public class WebConfiguration {

    /** Requests to bare graphs that may wait. */
    private static final int INFERENCE_QUEUE = 32;

    /** Strict JSON for request bodies; after Spring Boot's own choice. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    CodecCustomizer strictJson() {
        return codecs -> {
            codecs.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(ApiJson.mapper()));
            codecs.defaultCodecs().jacksonJsonEncoder(new JacksonJsonEncoder(ApiJson.mapper()));
        };
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    ApiLimits apiLimits(WebProperties properties) {
        return new ApiLimits(
                properties.maxTextChars(),
                properties.maxEmbeddingChars(),
                properties.maxTexts(),
                properties.unreadEvents(),
                properties.maxDeadline(),
                properties.unloadPatience());
    }

    @Bean
    AdminKey adminKey(AdminProperties properties) {
        return new AdminKey(properties.adminKey());
    }

    /** Never closed: an engine that ends its last sequences during shutdown still finds somebody to tell. */
    @Bean
    Workers workers() {
        ThreadFactory threads = Thread.ofVirtual().name("text-worker-", 0).factory();
        return new Workers(task -> threads.newThread(task).start());
    }

    /** A type of its own, so that no other executor is taken for it. */
    record Workers(Executor executor) {}

    @Bean
    Scheduler workerScheduler(Workers workers) {
        return Schedulers.fromExecutor(workers.executor());
    }

    @Bean
    InferenceQueue inferenceQueue() {
        return InferenceQueue.ofOneThread(INFERENCE_QUEUE);
    }

    @Bean
    TranslationModels translationModels(TextModels models) {
        return new TranslationModels(models);
    }

    @Bean
    LanguageDetection languageDetection() {
        return LanguageDetection.load();
    }

    @Bean
    DelayedTasks delayedTasks(Workers workers) {
        return (delay, task) -> CompletableFuture.delayedExecutor(
                        delay.toNanos(), TimeUnit.NANOSECONDS, workers.executor())
                .execute(task);
    }

    /** Where there are traces, what works for a call works in the call's. */
    @Bean
    CallWorkers callWorkers(Workers workers, ObjectProvider<Tracer> tracer) {
        Tracer spans = tracer.getIfAvailable();
        return new CallWorkers(
                spans == null ? workers::executor : () -> within(spans.currentTraceContext(), workers.executor()));
    }

    private static Executor within(CurrentTraceContext current, Executor workers) {
        TraceContext caller = current.context();
        return caller == null
                ? workers
                : task -> workers.execute(() -> {
                    try (CurrentTraceContext.Scope _ = current.newScope(caller)) {
                        task.run();
                    }
                });
    }

    /** Gives an executor to each call, on its caller's thread. */
    record CallWorkers(Supplier<Executor> executors) {}

    @Bean
    Translator translator(
            TranslationModels models,
            CallWorkers workers,
            DelayedTasks delayed,
            Clock clock,
            WebProperties properties) {
        Translator.Limits limits = new Translator.Limits(
                properties.sentencesInFlight(), properties.batchSentencesInFlight(), properties.maxSentenceChars());
        return new Translator(models, new Translator.Surroundings(workers.executors(), delayed, clock, limits));
    }
}

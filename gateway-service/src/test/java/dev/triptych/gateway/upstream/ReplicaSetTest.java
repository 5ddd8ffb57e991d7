package dev.triptych.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ReplicaSetTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ReplicaSet set =
            new ReplicaSet(ServiceName.TEXT, List.of(address(1), address(2)), nanos::get, new ReplicaMetrics(registry));
    private final Replica one = set.all().getFirst();
    private final Replica two = set.all().getLast();

    @Test
    void theOneWithFewerRequestsOutstandingIsChosen() {
        one.begin();
        one.begin();
        two.begin();
        assertThat(choose()).isSameAs(two);
        two.begin();
        two.begin();
        assertThat(choose()).isSameAs(one);
        two.end();
        two.end();
        assertThat(choose()).isSameAs(two);
    }

    @Test
    void thoseAlikeTakeTurns() {
        assertThat(tenChoices()).filteredOn(each -> each == one).hasSize(5);
    }

    @Test
    void oneWhoseProbeSaysNotReadyIsChosenOnlyWhereNoOtherIsLeft() {
        one.saidReady();
        two.saidNotReady("HTTP 503");
        one.begin();
        assertThat(tenChoices()).containsOnly(one);
        assertThat(set.choose(Set.of(one))).contains(two);
        assertThat(set.hasAnother(Set.of(one))).isFalse();
        one.saidNotReady("HTTP 503");
        assertThat(choose()).isSameAs(two);
        assertThat(set.choose(Set.of(one, two))).isEmpty();
    }

    @Test
    void aBusyReplicaMayMissTwoProbesButNotThree() {
        one.saidReady();
        one.saidNothing("no answer");
        one.saidNothing("no answer");
        assertThat(one.isReady()).isTrue();
        one.saidReady();
        one.saidNothing("no answer");
        one.saidNothing("no answer");
        one.saidNothing("no answer");
        assertThat(one.isReady()).isFalse();
    }

    @Test
    void oneWhoseConnectionsFailIsLeftAloneTwiceAsLongEachTimeHoweverManyFailAtOnce() {
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 32}) {
            for (int i = 0; i < 50; i++) {
                set.failed(one, new ConnectException());
            }
            one.saidReady();
            pass(Duration.ofMillis(seconds * 1000L - 1));
            assertThat(tenChoices()).as("after nearly %d s", seconds).containsOnly(two);
            pass(Duration.ofMillis(1));
            assertThat(tenChoices()).as("after %d s", seconds).contains(one);
        }
        set.succeeded(one);
        set.failed(one, new ConnectException());
        one.saidReady();
        pass(Duration.ofSeconds(1));
        assertThat(tenChoices()).contains(one);
        assertThat(registry.counter("triptych.upstream.ejections", "service", "text")
                        .count())
                .isEqualTo(8);
    }

    @Test
    void whatIsKnownOfThoseThatStayIsKept() {
        one.begin();
        one.begin();
        set.update(List.of(address(3), address(1)));
        assertThat(set.all()).hasSize(2).contains(one).doesNotContain(two);
        assertThat(choose().url()).isEqualTo(address(3).url());
        assertThat(registry.get("triptych.upstream.outstanding")
                        .tags("service", "text", "replica", "0")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(registry.get("triptych.upstream.outstanding").gauges()).hasSize(2);
    }

    @Test
    void aQuestionGoesOnToTheNextUntilOneAnswers() {
        two.begin();
        assertThat(set.ask(url -> url.equals(one.url()) ? Mono.error(new IOException()) : Mono.just(url))
                        .block())
                .isEqualTo(two.url());
        assertThatThrownBy(() ->
                        set.ask(url -> Mono.error(new IOException("none"))).block())
                .hasMessageContaining("none");
        assertThat(one.outstanding()).isZero();
        assertThat(two.outstanding()).isEqualTo(1);
    }

    private Replica choose() {
        return set.choose(Set.of()).orElseThrow();
    }

    private List<Replica> tenChoices() {
        List<Replica> chosen = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            chosen.add(choose());
        }
        return chosen;
    }

    private void pass(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    private static ReplicaAddress address(int number) {
        return new ReplicaAddress(URI.create("http://r" + number + ":80"), URI.create("http://r" + number + ":1080"));
    }
}

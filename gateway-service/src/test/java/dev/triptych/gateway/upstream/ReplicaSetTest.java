package dev.triptych.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ReplicaSetTest {

    private Instant now = Instant.EPOCH;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ReplicaSet set = new ReplicaSet(
            ServiceName.TEXT,
            List.of(address(1), address(2)),
            new ReplicaBreakers(() -> now, registry),
            new ReplicaMetrics(registry));
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
        assertThat(set.begin(Set.of(one)).orElseThrow().replica()).isSameAs(two);
        assertThat(set.hasAnother(Set.of(one))).isFalse();
        one.saidNotReady("HTTP 503");
        assertThat(tenChoices()).contains(one, two);
        assertThat(set.hasUntried(Set.of(one))).isTrue();
        assertThat(set.hasUntried(Set.of(one, two))).isFalse();
        assertThat(set.begin(Set.of(one, two))).isEmpty();
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
        List<Attempt> attempts = begin(100);
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 32}) {
            attempts.stream()
                    .filter(each -> each.replica() == one)
                    .forEach(each -> each.failed(new ConnectException()));
            attempts.forEach(Attempt::end);
            one.saidReady();
            pass(Duration.ofMillis(seconds * 1000L));
            assertThat(tenChoices()).as("after %d s", seconds).containsOnly(two);
            assertThat(set.others(Set.of(two))).isEmpty();
            pass(Duration.ofMillis(1));
            assertThat(set.others(Set.of(two))).containsExactly(one.url());
            attempts = begin(10);
            assertThat(attempts)
                    .as("tries after %d s", seconds)
                    .filteredOn(each -> each.replica() == one)
                    .hasSize(1);
        }
        attempts.forEach(Attempt::answered);
        attempts.forEach(Attempt::end);
        assertThat(tenChoices()).contains(one);
        attempts = begin(2);
        attempts.stream().filter(each -> each.replica() == one).forEach(each -> each.failed(new ConnectException()));
        attempts.forEach(Attempt::end);
        one.saidReady();
        pass(Duration.ofMillis(1001));
        assertThat(tenChoices()).contains(one);
        assertThat(registry.counter("triptych.upstream.ejections", "service", "text")
                        .count())
                .isEqualTo(8);
    }

    @Test
    void aTryThatSaysNothingAboutTheReplicaLeavesTheNextOneToTry() {
        two.begin();
        fail(one);
        pass(Duration.ofMillis(1001));
        Attempt first = begin();
        Attempt second = begin();
        assertThat(first.replica()).isSameAs(one);
        assertThat(second.replica()).isSameAs(two);
        first.end();
        first.end();
        assertThat(begin(2)).extracting(Attempt::replica).containsExactly(one, two);
        assertThat(begin(2)).extracting(Attempt::replica).containsOnly(two);
    }

    @Test
    void whereAllAreLeftAloneOneIsAskedAllTheSameAndIsBackOnceItAnswers() {
        fail(one);
        fail(two);
        assertThat(set.hasAnother(Set.of())).isFalse();
        List<Attempt> attempts = begin(10);
        assertThat(attempts).extracting(Attempt::replica).contains(one, two);
        attempts.stream().filter(each -> each.replica() == two).forEach(Attempt::answered);
        attempts.forEach(Attempt::end);
        assertThat(tenChoices()).containsOnly(two);
        assertThat(set.others(Set.of())).containsExactly(two.url());
    }

    @Test
    void breakersAreMeteredByNumberForAsLongAsTheirReplicasAreThere() {
        fail(two);
        assertThat(breakerIsOpen("text-0")).isZero();
        assertThat(breakerIsOpen("text-1")).isOne();
        set.update(List.of(address(1)));
        assertThat(registry.find("resilience4j.circuitbreaker.state")
                        .tag("name", "text-1")
                        .gauges())
                .isEmpty();
        assertThat(breakerIsOpen("text-0")).isZero();
    }

    private double breakerIsOpen(String name) {
        return registry.get("resilience4j.circuitbreaker.state")
                .tags("name", name, "state", "open")
                .gauge()
                .value();
    }

    private void fail(Replica replica) {
        Attempt attempt = set.begin(Set.of(replica == one ? two : one)).orElseThrow();
        attempt.failed(new ConnectException());
        attempt.end();
        replica.saidReady();
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

    private Attempt begin() {
        return set.begin(Set.of()).orElseThrow();
    }

    private List<Attempt> begin(int count) {
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            attempts.add(begin());
        }
        return attempts;
    }

    private Replica choose() {
        Attempt attempt = begin();
        attempt.end();
        return attempt.replica();
    }

    private List<Replica> tenChoices() {
        List<Replica> chosen = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            chosen.add(choose());
        }
        return chosen;
    }

    private void pass(Duration duration) {
        now = now.plus(duration);
    }

    private static ReplicaAddress address(int number) {
        return new ReplicaAddress(URI.create("http://r" + number + ":80"), URI.create("http://r" + number + ":1080"));
    }
}

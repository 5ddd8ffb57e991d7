package dev.triptych.text.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

    private static final long MEBI = 1 << 20;

    @Test
    void whatDoesNotFitIsRefusedWithTheFigures() {
        MemoryBudget budget = new MemoryBudget(10 * MEBI);
        budget.take("a", "weights", 3 * MEBI);
        budget.take("b", "weights", 2 * MEBI);
        budget.take("a", "cache", 4 * MEBI);
        assertThatThrownBy(() -> budget.take("c", "model c: encoder_model.onnx", MEBI + 1))
                .isInstanceOf(MemoryExceededException.class)
                .hasMessage(
                        "model c: encoder_model.onnx needs 1.0 MiB, but of triptych.memory 10.0 MiB only 1.0 MiB are "
                                + "left; held: a 7.0 MiB, b 2.0 MiB");
        budget.take("c", "weights", MEBI);
        assertThat(budget.heldBytes()).isEqualTo(10 * MEBI);
    }

    @Test
    void aShareThatIsClosedTwiceGivesItsMemoryBackOnce() {
        MemoryBudget budget = new MemoryBudget(10);
        MemoryBudget.Share share = budget.take("a", "weights", 4);
        budget.take("b", "weights", 6);
        share.close();
        share.close();
        assertThat(budget.heldBytes()).isEqualTo(6);
        assertThat(budget.openShares()).isEqualTo(1);
    }

    @Test
    void withoutABoundEverythingFitsAndIsCounted() {
        MemoryBudget budget = new MemoryBudget(0);
        budget.take("a", "weights", Long.MAX_VALUE / 2);
        assertThat(budget.heldBytes()).isEqualTo(Long.MAX_VALUE / 2);
    }
}

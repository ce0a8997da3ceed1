package dev.jvmm.junit;

import dev.jvmm.machine.Machine;
import dev.jvmm.machine.MachineBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * Gives tests their {@link Guest}: by {@link WithGuest}, or, where that has not enough words, by a
 * builder of the test's own.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final GuestExtension GUEST =
 *     GuestExtension.of(() -> Machine.pc().disk(Disk.raw("disk.img")), Agent.BUILT_IN, Lifetime.CLASS);
 * }</pre>
 *
 * <p>A failure of a test with a guest has the end of the guest's console and its registers as a
 * suppressed exception. Thread: safe; each test's or class's guest is kept where JUnit keeps what
 * belongs to it, so tests may run in parallel.
 */
public final class GuestExtension
    implements ExecutionCondition, ParameterResolver, TestExecutionExceptionHandler {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(GuestExtension.class);
  private static final Duration BOOT = Duration.ofMinutes(2);

  private final @Nullable Plan own;

  /** What a test's machine is to be. */
  private record Plan(
      Supplier<MachineBuilder> machine, Agent agent, Lifetime lifetime, Duration boot) {

    Guest start() {
      MachineBuilder builder = machine.get();
      switch (agent) {
        case BUILT_IN -> builder.port(ShellAgent.PORT);
        case QEMU -> builder.port(QemuAgent.PORT);
        case AUTO, NONE -> {}
      }
      return new Guest(builder.start(), agent, boot);
    }
  }

  /** What {@link WithGuest} registers. */
  public GuestExtension() {
    this(null);
  }

  private GuestExtension(@Nullable Plan own) {
    this.own = own;
  }

  /**
   * Machines as a test builds them.
   *
   * @param machine makes a new builder each time; it says nothing of serial ports
   * @param agent who is in the guest; its port is added
   */
  public static GuestExtension of(
      Supplier<MachineBuilder> machine, Agent agent, Lifetime lifetime) {
    return new GuestExtension(new Plan(machine, agent, lifetime, BOOT));
  }

  /** Skips, with the reason, where this host can't run a guest. */
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return condition(Machine.obstacle());
  }

  static ConditionEvaluationResult condition(@Nullable String obstacle) {
    return obstacle == null
        ? ConditionEvaluationResult.enabled("KVM runs unmodified guests here")
        : ConditionEvaluationResult.disabled("no guest can run: " + obstacle);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Guest.class && plan(context) != null;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Plan plan = plan(context);
    if (plan == null) {
      throw new IllegalStateException("supportsParameter was not asked");
    }
    return home(context, plan).getOrComputeIfAbsent(Guest.class, type -> plan.start(), Guest.class);
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    Plan plan = plan(context);
    if (plan != null && !(failure instanceof TestAbortedException)) {
      Guest guest = home(context, plan).get(Guest.class, Guest.class);
      if (guest != null && !(failure instanceof GuestTimeoutException)) {
        failure.addSuppressed(new GuestReport(guest.report()));
      }
    }
    throw failure;
  }

  /** Where JUnit keeps the guest, and closes it. */
  private static ExtensionContext.Store home(ExtensionContext context, Plan plan) {
    ExtensionContext home = context;
    while (plan.lifetime() == Lifetime.CLASS && home.getTestMethod().isPresent()) {
      home = home.getParent().orElseThrow();
    }
    return home.getStore(NAMESPACE);
  }

  private @Nullable Plan plan(ExtensionContext context) {
    if (own != null) {
      return own;
    }
    Optional<WithGuest> words =
        AnnotationSupport.findAnnotation(context.getElement(), WithGuest.class);
    for (Class<?> type = context.getRequiredTestClass();
        words.isEmpty() && type != null;
        type = type.getEnclosingClass()) {
      words = AnnotationSupport.findAnnotation(type, WithGuest.class);
    }
    return words.map(GuestExtension::plan).orElse(null);
  }

  private static Plan plan(WithGuest words) {
    boolean builtIn = words.kernel().isEmpty();
    Agent agent =
        words.agent() != Agent.AUTO ? words.agent() : builtIn ? Agent.BUILT_IN : Agent.QEMU;
    return new Plan(
        () -> builder(words), agent, words.lifetime(), Duration.ofSeconds(words.bootSeconds()));
  }

  private static MachineBuilder builder(WithGuest words) {
    MachineBuilder builder =
        Machine.pc().machine(words.machine()).memory(words.memory()).smp(words.cpus());
    if (!words.kernel().isEmpty()) {
      builder.kernel(words.kernel());
      builder.append("console=ttyS0 quiet panic=5");
    }
    if (!words.initrd().isEmpty()) {
      builder.initrd(words.initrd());
    }
    if (!words.append().isEmpty()) {
      builder.append(words.append());
    }
    for (String device : words.devices()) {
      builder.device(device);
    }
    return builder;
  }
}

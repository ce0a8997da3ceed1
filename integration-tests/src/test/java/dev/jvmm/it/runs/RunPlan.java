package dev.jvmm.it.runs;

import dev.jvmm.it.FirstLevel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Classes that share a run, hence a first level where there is one: they ask for the same, and
 * together take no longer than a run should.
 *
 * @param classes with the package
 */
record RunPlan(FirstLevel request, List<String> classes, int seconds) {

  /** Few starts of a first level, and not much to begin anew when one is lost. */
  static final int SECONDS_OF_A_RUN = 150;

  /** A machine that is busy, or slow, takes its time; what hangs has limits of its own. */
  private static final int PATIENCE = 4;

  @FirstLevel
  private static final class Unasked {}

  /** Puts each class into the first run that suits it, the long ones first. */
  static List<RunPlan> of(List<Class<?>> classes) {
    List<RunPlan> plans = new ArrayList<>();
    for (Class<?> type : longestFirst(classes)) {
      FirstLevel request = request(type);
      int place = 0;
      while (place < plans.size() && !plans.get(place).takes(request)) {
        place++;
      }
      if (place == plans.size()) {
        plans.add(new RunPlan(request, List.of(), 0));
      }
      plans.set(place, plans.get(place).with(type.getName(), request.seconds()));
    }
    return plans;
  }

  /** When the run is ended, whatever it does. */
  int limitSeconds() {
    return PATIENCE * seconds + 60; // the first level's start
  }

  private static List<Class<?>> longestFirst(List<Class<?>> classes) {
    return classes.stream()
        .sorted(
            Comparator.comparingInt((Class<?> type) -> -request(type).seconds())
                .thenComparing(Class::getName))
        .toList();
  }

  private static FirstLevel request(Class<?> type) {
    Class<?> asked = type.isAnnotationPresent(FirstLevel.class) ? type : Unasked.class;
    return asked.getAnnotation(FirstLevel.class);
  }

  private boolean takes(FirstLevel other) {
    return request.cpus() == other.cpus()
        && request.memory().equals(other.memory())
        && request.scratch().equals(other.scratch())
        && request.raw().equals(other.raw())
        && seconds + other.seconds() <= SECONDS_OF_A_RUN;
  }

  private RunPlan with(String className, int more) {
    List<String> all = new ArrayList<>(classes);
    all.add(className);
    return new RunPlan(request, List.copyOf(all), seconds + more);
  }
}

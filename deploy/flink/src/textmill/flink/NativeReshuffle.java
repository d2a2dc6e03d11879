package textmill.flink;

import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.NativeTransforms;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/** Tells Beam's fuser that a reshuffle is ours to do; found as a service. Flink deals elements out by itself. */
public final class NativeReshuffle implements NativeTransforms.IsNativeTransform {
  @Override
  public boolean test(RunnerApi.PTransform transform) {
    return PTransformTranslation.RESHUFFLE_URN.equals(transform.getSpec().getUrn());
  }
}

package dev.jvmm.block;

class RawImageOnRingTest extends RawImageContract {

  @Override
  RawImageConfig config(String file) {
    return RawImageConfig.of(file).withAio(AioMode.IO_URING).unmapping(DetectZeroes.OFF);
  }
}

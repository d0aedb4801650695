// What the stepper says, in the page's language.
const WORDS = {
  en: {
    settings: "Setting",
    names: {
      kind: "Convolution",
      size: "Input size",
      inChannels: "Channels in",
      outChannels: "Channels out",
      kernel: "Kernel size",
      stride: "Stride",
      padding: "Padding",
    },
    kinds: {
      standard: "standard",
      depthwise: "depthwise",
      pointwise: "pointwise",
      separable: "depthwise separable",
    },
    about: {
      standard: "A filter has a kernel for each channel, and adds up all their products.",
      depthwise: "Each channel has one kernel, and gives one output channel.",
      pointwise: "A filter has one weight for each channel: it mixes the channels of a position.",
      separable: "First depthwise, then pointwise over the stack of filtered channels.",
    },
    tooLarge: (kernel, input) =>
      `The ${kernel} kernel is larger than the padded input, ${input}: there is no place for it. ` +
      "Choose a smaller kernel, a larger input, or padding.",
    input: "Input",
    kernel: "Kernel",
    filter: (number) => `Filter ${number}`,
    products: "Products",
    sum: (value) => `Sum ${value}`,
    stack: "Stack",
    output: "Output",
    channel: (number) => `channel ${number}`,
    place: (row, column) => `row ${row}, column ${column}`,
    outputPlace: (channel, place) => `Output channel ${channel}, ${place}:`,
    stackPlace: (channel, place) => `Stack, channel ${channel}, ${place}:`,
    counts: {
      parameters: (part, whole) => `Parameters so far: ${part} of ${whole}`,
      multAdds: (part, whole) => `Multiply-adds so far: ${part} of ${whole}`,
    },
    progress: (part, whole) => `${part} of ${whole}`,
    step: "Step",
    back: "Back",
    play: "Play",
    pause: "Pause",
    next: "Next",
    reset: "Reset",
    hint: "You can change the numbers of input and kernels; arrow keys lead from one to the next.",
    wrong: (written, place, value) =>
      `${written ? `“${written}”` : "Nothing"} is not a whole number from −9 to 9. ` +
      `${place}: still ${value}.`,
  },
  ko: {
    settings: "설정",
    names: {
      kind: "합성곱",
      size: "입력 크기",
      inChannels: "입력 채널 수",
      outChannels: "출력 채널 수",
      kernel: "커널 크기",
      stride: "스트라이드",
      padding: "패딩",
    },
    kinds: {
      standard: "일반",
      depthwise: "깊이별",
      pointwise: "점별",
      separable: "깊이별 분리",
    },
    about: {
      standard: "필터 하나에 채널마다 커널이 하나씩 있고, 그 곱을 전부 더합니다.",
      depthwise: "채널마다 커널이 하나씩 있고, 출력 채널도 하나씩 나옵니다.",
      pointwise: "필터 하나에 채널마다 가중치가 하나씩 있고, 한 위치의 채널들을 섞습니다.",
      separable: "먼저 깊이별 합성곱으로 필터링하고, 쌓은 이미지에 점별 합성곱을 합니다.",
    },
    tooLarge: (kernel, input) =>
      `${kernel} 커널이 패딩을 더한 입력(${input})보다 커서 놓을 자리가 없습니다. ` +
      "커널을 줄이거나 입력을 키우거나 패딩을 넣으십시오.",
    input: "입력",
    kernel: "커널",
    filter: (number) => `필터 ${number}`,
    products: "곱",
    sum: (value) => `합 ${value}`,
    stack: "쌓은 이미지",
    output: "출력",
    channel: (number) => `채널 ${number}`,
    place: (row, column) => `${row}행 ${column}열`,
    outputPlace: (channel, place) => `출력 채널 ${channel}, ${place}:`,
    stackPlace: (channel, place) => `쌓은 이미지의 채널 ${channel}, ${place}:`,
    counts: {
      parameters: (part, whole) => `지금까지 쓴 매개변수: ${whole}개 중 ${part}개`,
      multAdds: (part, whole) => `지금까지 한 곱셈-덧셈: ${whole}번 중 ${part}번`,
    },
    progress: (part, whole) => `${whole} 중 ${part}`,
    step: "단계",
    back: "이전",
    play: "재생",
    pause: "멈춤",
    next: "다음",
    reset: "초기화",
    hint: "입력과 커널의 숫자는 바꿀 수 있습니다. 숫자 사이는 화살표 키로 옮겨 다닙니다.",
    wrong: (written, place, value) =>
      `${written ? `‘${written}’ 대신` : "빈칸 대신"} −9부터 9까지의 정수를 넣으십시오. ` +
      `${place}: 그대로 ${value}입니다.`,
  },
};

export const words = WORDS[document.documentElement.lang] ?? WORDS.en;

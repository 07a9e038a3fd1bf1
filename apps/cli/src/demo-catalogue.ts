/** A product of the demo shop: name, what it is, and [option, won, stock] of each option. */
export interface DemoProduct {
  readonly name: string;
  readonly description: string;
  readonly options: readonly (readonly [name: string, price: number, stock: number])[];
  /** How often it is bought, against the others. */
  readonly popularity: number;
}

/** What the demo shop sells; the first five are far ahead of the rest, each behind the one before. */
export const DEMO_PRODUCTS: readonly DemoProduct[] = [
  {
    name: '제주 감귤',
    description: '서귀포 노지에서 자라 껍질이 얇고 새콤달콤한 감귤입니다. 수확한 다음 날 보내 드립니다.',
    options: [
      ['3kg', 12_900, 400],
      ['5kg', 18_900, 400],
      ['10kg', 32_900, 200],
    ],
    popularity: 60,
  },
  {
    name: '이천 쌀',
    description: '이천 들녘에서 거둔 햅쌀을 주문을 받은 뒤에 도정합니다.',
    options: [
      ['4kg', 19_800, 300],
      ['10kg', 42_000, 300],
      ['20kg', 79_000, 150],
    ],
    popularity: 44,
  },
  {
    name: '무항생제 유정란',
    description: '풀밭에서 뛰노는 닭이 낳은 달걀입니다. 산란일을 껍데기에 적어 보냅니다.',
    options: [
      ['10구', 6_900, 300],
      ['30구', 17_900, 300],
    ],
    popularity: 31,
  },
  {
    name: '해남 꿀고구마',
    description: '해남 황토밭에서 캐어 한 달 동안 숙성한 고구마입니다. 구우면 꿀처럼 촉촉합니다.',
    options: [
      ['3kg', 14_900, 300],
      ['5kg', 22_900, 300],
    ],
    popularity: 22,
  },
  {
    name: '횡성 한우',
    description: '횡성 축협에서 인증한 1++ 등급 한우를 냉장으로 보내 드립니다.',
    options: [
      ['국거리 300g', 18_900, 200],
      ['불고기 300g', 21_900, 200],
      ['등심 400g', 58_000, 100],
    ],
    popularity: 15,
  },
  {
    name: '한라봉',
    description: '하우스에서 천천히 익혀 향이 진한 한라봉입니다.',
    options: [
      ['3kg', 24_900, 150],
      ['5kg 선물 세트', 39_900, 100],
    ],
    popularity: 4,
  },
  {
    name: '들기름',
    description: '볶지 않은 국산 들깨를 저온에서 짜 맑고 고소합니다.',
    options: [
      ['180ml', 14_500, 150],
      ['350ml', 25_500, 150],
    ],
    popularity: 3,
  },
  {
    name: '참기름',
    description: '국산 참깨를 통째로 볶아 그날 짠 참기름입니다.',
    options: [
      ['180ml', 19_500, 150],
      ['350ml', 36_000, 100],
    ],
    popularity: 3,
  },
  {
    name: '보리차',
    description: '고창 보리를 진하게 볶았습니다. 찬물에도 잘 우러납니다.',
    options: [
      ['티백 30개', 4_900, 300],
      ['알곡 1kg', 6_500, 200],
    ],
    popularity: 3,
  },
  {
    name: '보성 녹차',
    description: '곡우 무렵 보성에서 딴 어린잎을 덖은 차입니다.',
    options: [
      ['세작 50g', 23_000, 100],
      ['티백 20개', 8_900, 200],
    ],
    popularity: 2,
  },
  {
    name: '순창 고추장',
    description: '순창에서 찹쌀과 태양초로 담가 일 년 동안 익힌 고추장입니다.',
    options: [
      ['500g', 11_900, 200],
      ['1kg', 19_900, 150],
    ],
    popularity: 3,
  },
  {
    name: '재래 된장',
    description: '국산 콩 메주를 항아리에서 삼 년 묵혔습니다.',
    options: [
      ['500g', 10_900, 200],
      ['1kg', 18_900, 150],
    ],
    popularity: 2,
  },
  {
    name: '신안 천일염',
    description: '간수를 오 년 동안 뺀 신안 갯벌 소금입니다.',
    options: [
      ['1kg', 5_900, 300],
      ['5kg', 18_900, 100],
    ],
    popularity: 2,
  },
  {
    name: '완도 김',
    description: '완도 앞바다에서 겨울에 딴 첫 김을 들기름에 두 번 구웠습니다.',
    options: [
      ['도시락 김 16봉', 9_900, 300],
      ['전장 김 10봉', 15_900, 200],
    ],
    popularity: 3,
  },
  {
    name: '기장 미역',
    description: '물살이 센 기장 바다에서 자라 오래 끓여도 쫄깃합니다.',
    options: [
      ['100g', 8_900, 200],
      ['산모용 200g', 19_900, 100],
    ],
    popularity: 2,
  },
  {
    name: '영광 굴비',
    description: '법성포 바람에 말린 참조기입니다. 한 마리씩 포장했습니다.',
    options: [
      ['10마리', 39_000, 80],
      ['20마리 선물 세트', 75_000, 50],
    ],
    popularity: 1,
  },
  {
    name: '상주 곶감',
    description: '상주 둥시감을 육십 일 동안 말린 반건시입니다.',
    options: [
      ['20개', 22_000, 120],
      ['40개 선물 세트', 42_000, 80],
    ],
    popularity: 2,
  },
  {
    name: '청송 사과',
    description: '밤낮의 기온 차가 큰 청송에서 자라 단단하고 달콤한 부사입니다.',
    options: [
      ['3kg', 19_900, 200],
      ['5kg', 29_900, 200],
    ],
    popularity: 4,
  },
  {
    name: '강원도 감자',
    description: '평창 고랭지에서 캔 두백 감자입니다. 쪄 먹으면 포슬포슬합니다.',
    options: [
      ['5kg', 13_900, 200],
      ['10kg', 23_900, 150],
    ],
    popularity: 3,
  },
  {
    name: '포기김치',
    description: '해남 배추와 국산 고춧가루로 주문을 받은 날 담급니다.',
    options: [
      ['2kg', 21_900, 150],
      ['5kg', 47_900, 100],
      ['10kg', 89_000, 50],
    ],
    popularity: 4,
  },
];
